import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { SandboxError } from "../../../base/errors.ts";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { formatJsonLine, print } from "../output.ts";
import { type Deed, type Entry, parseEntry, textOf } from "../record-event.ts";
import { requireSandboxes } from "../require-sandbox.ts";
import type { Flags, Verb } from "../verb.ts";
import { formatTime } from "./list.ts";

export const verb: Verb = {
  name: "events",
  group: "Look",
  summary: "show what happened to sandboxes, such as a start, a failure or a change of the conf, one event per line",
  places: { "[name...]": "sandbox" },
  options: {
    "-f, --follow": "wait for new events",
    "--since <time>": "show events since this time, in a form that journalctl accepts",
  },
  json: `Lines<{ time: number; name: string;
    event: "starting" | "started" | "reloaded" | "stopping" | "stopped" | "failed" | "restarting" | "killed for its memory" | "created" | "deleted" | "renamed" | "changed";
    result: string | null; was: string | null }>`,
  examples: ["events --since today", "events --follow web1"],
  run: showEvents,
};

/** An event in the life of a sandbox. */
export interface SandboxEvent {
  /** Seconds since the epoch. */
  readonly time: number;
  readonly name: SandboxName;
  readonly event: (typeof messages)[keyof typeof messages] | Deed["event"];
  /** The Result= of systemd, for a failure. */
  readonly result?: string;
  /** The old name of a renamed sandbox. */
  readonly was?: SandboxName;
}

// The ids of systemd's own messages about units (sd-messages.h).
const messages = {
  "7d4958e842da4a758f6c1cdc7b36dcc5": "starting",
  "39f53479d3a045ac8e11786248231fbf": "started",
  "1675d7f172174098b1108bf8c7dc8f5d": "reloaded",
  de5b426a63be47a7b6ac3eaac82e2f6f: "stopping",
  "9d1aaa27d60140bd96365438aad20286": "stopped",
  d9b373ed55a64feb8242e02dbe79a49c: "failed",
  "5eb03494b6584870a536b337290809b3": "restarting",
  fe6faa94e7774663a0da52717891d8ef: "killed for its memory",
} as const;

const deeds: readonly Deed["event"][] = ["created", "deleted", "renamed", "changed"];

type EventOptions = Flags<"json" | "follow"> & { readonly since?: string };

/**
 * Prints the events of sandboxes from the host's journal, one a line. They are systemd's own messages, and what verbs
 * recorded. No sandbox can forge them, see `sources`.
 */
async function showEvents(texts: readonly string[], options: EventOptions): Promise<void> {
  const names = requireSandboxes(texts);
  const journal = spawn("journalctl", listArguments(options), { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number>((resolve, reject) => {
    journal.on("error", reject);
    journal.on("close", (status) => {
      resolve(status ?? 0);
    });
  });
  process.stdout.on("error", () => journal.kill());
  for await (const line of createInterface(journal.stdout)) {
    // The reader is gone, and this may be half a line.
    if (process.stdout.errored !== null) break;
    const event = parseEvent(line);
    if (event === undefined || (names.length > 0 && !names.some((name) => isAbout(event, name)))) continue;
    const { result, was, ...rest } = event;
    print(options.json === true ? formatJsonLine({ ...rest, result, was }) : formatEvent(event));
  }
  journal.stdout.destroy();
  if ((await ended) !== 0) throw new SandboxError("journalctl failed", { hint: "See its messages above" });
}

const isAbout = ({ name, was }: SandboxEvent, wanted: SandboxName): boolean => name === wanted || was === wanted;

/**
 * Who may tell events: PID 1 of the host, and root of the host through journald's own socket. journald takes the sender
 * from the kernel, and refuses fields with a `_` from senders. A sandbox has no such socket. If it is given one, its
 * root is still another user, unless UserNamespace=no. What it writes reaches the journal through the console, and
 * copy-console is a process of root on the host; but its lines are of the transport stdout, and a line there is only a
 * MESSAGE. We do not match _COMM or _SYSTEMD_UNIT: journald misses them if logger has ended.
 */
const sources = [
  ...["_PID=1", ...Object.keys(messages).map((id) => `MESSAGE_ID=${id}`)],
  "+",
  ...["_UID=0", "_TRANSPORT=journal", ...deeds.map((deed) => `SANDBOX_EVENT=${deed}`)],
];

const listArguments = (options: EventOptions): readonly string[] => [
  "--output=json",
  "--output-fields=MESSAGE_ID,UNIT,UNIT_RESULT,SANDBOX,SANDBOX_EVENT,SANDBOX_WAS",
  "--quiet",
  ...(options.follow === true ? ["--follow"] : []),
  ...(options.since === undefined
    ? options.follow === true
      ? ["--lines=0"]
      : ["--boot"]
    : [`--since=${options.since}`]),
  ...sources,
];

/** Parses a line of `journalctl --output=json`; undefined if it is not about a sandbox. */
export function parseEvent(line: string): SandboxEvent | undefined {
  const entry = parseEntry(line);
  if (entry === undefined) return undefined;
  const event = entry["SANDBOX_EVENT"] === undefined ? parseMessage(entry) : parseDeed(entry);
  return event === undefined ? undefined : { time: Number(textOf(entry, "__REALTIME_TIMESTAMP")) / 1e6, ...event };
}

function parseMessage(entry: Entry): Omit<SandboxEvent, "time"> | undefined {
  const [, name = ""] = /^sandbox@(.*)\.service$/.exec(textOf(entry, "UNIT")) ?? [];
  const id = textOf(entry, "MESSAGE_ID");
  if (!isSandboxName(name) || !Object.hasOwn(messages, id)) return undefined;
  const result = entry["UNIT_RESULT"];
  return {
    name,
    event: messages[id as keyof typeof messages],
    ...(typeof result === "string" ? { result } : {}),
  };
}

// A field that an entry has twice is an array.
function parseDeed(entry: Entry): Omit<SandboxEvent, "time"> | undefined {
  const { SANDBOX: name, SANDBOX_WAS: was } = entry;
  const event = deeds.find((deed) => deed === entry["SANDBOX_EVENT"]);
  if (event === undefined || typeof name !== "string" || !isSandboxName(name)) return undefined;
  return { name, event, ...(typeof was === "string" && isSandboxName(was) ? { was } : {}) };
}

const formatEvent = ({ time, name, event, result, was }: SandboxEvent): string => {
  const more = result ?? (was === undefined ? undefined : `was ${was}`);
  return `${formatTime(time)}  ${name}  ${event}${more === undefined ? "" : ` (${more})`}`;
};
