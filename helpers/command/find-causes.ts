import { setTimeout } from "node:timers/promises";
import { SandboxError } from "../../base/errors.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Conf } from "../../conf/conf.ts";
import { loadConf } from "../../conf/load-conf.ts";
import { withOwnSpecifiers } from "../../conf/specifiers.ts";
import { run } from "../host/process/run.ts";
import type { Systemd, UnitState } from "../host/systemd/systemd.ts";

/** How a unit that was just started has ended: its service failed, or did its work. */
export type EarlyEnd = "failed" | "ended";

// Milliseconds. A program with a wrong option ends at once, and its container takes most of a second to end.
const longest = 1000;
const pause = 25;
// What is on its way down is waited for.
const timeout = 10_000;

type Sleep = (milliseconds: number) => Promise<unknown>;

/**
 * Watches a unit for a moment after its start job is done. For systemd a simple service has started when its process
 * runs, and a command of Exec= as well; many a mistake shows right after that.
 */
export async function findEarlyEnd(
  systemd: Pick<Systemd, "readStates">,
  unit: string,
  { grace = longest, sleep = setTimeout }: { readonly grace?: number; readonly sleep?: Sleep } = {},
): Promise<EarlyEnd | undefined> {
  for (let waited = 0; ; waited += pause) {
    const state = (await systemd.readStates(unit)).get(unit);
    const end = judge(state);
    if (end !== "down" && end !== undefined) return end;
    if (waited >= (end === "down" ? timeout : grace)) return undefined;
    await sleep(pause);
  }
}

/** Undefined while it runs, and `down` while it stops. */
function judge(state: UnitState | undefined): EarlyEnd | "down" | undefined {
  // systemd has forgotten a unit that ended well.
  if (state === undefined) return "ended";
  if (state.active === "failed" || state.sub === "auto-restart") return "failed";
  if (state.active === "inactive") return state.result === "success" ? "ended" : "failed";
  return state.active === "deactivating" ? "down" : undefined;
}

// Every sandbox has these (see systemd.exec(5), PrivateDevices=).
const present =
  /^\/dev\/(?:null|zero|full|u?random|tty|ptmx|console|std(?:in|out|err)|(?:fd|pts|shm|mqueue)(?:\/.*)?|log)$/;

/**
 * Finds a device that a service misses, in its messages: its path, or else what they call it, such as `modem device`.
 * Undefined if a sandbox has it, or if they name none.
 */
export const findMissingDevice = (said: string): string | undefined => findPath(said) ?? findWords(said);

const findPath = (said: string): string | undefined =>
  said
    .split("\n")
    .filter((line) => /no such (?:file|device)|not permitted|permission denied|cannot open|failed to open/i.test(line))
    .flatMap((line) => /(?<![\w/])\/dev\/[\w/-]*\w/.exec(line)?.[0] ?? [])
    .find((path) => !present.test(path));

// What is about a network interface has an advice of its own.
const findWords = (said: string): string | undefined =>
  [
    ...said.matchAll(
      /\b(?:error|cannot|could not|unable to|failed to|failed) open(?:ing)? (?:the )?((?:[a-z-]+ ){1,2}device)\b/gi,
    ),
  ]
    .flatMap(([, words]) => words ?? [])
    .find((words) => !/network|interface|\b(?:tun|tap)\b/i.test(words));

// What programs say when a file cannot be opened (errno(3)).
const refused = /permission denied|not permitted|no such file|read-only file system|\b(?:EACCES|EPERM|ENOENT|EROFS)\b/i;
// The kernel lets only root of the host open some of these, or loads a module for them, or shows them in the first network
// namespace only. The settings of IPv4 and IPv6 are the sandbox's own.
const file = /\/proc\/(?:(?:(?:self|thread-self|\d+)\/)?net\/|sys\/net\/(?!ipv[46]\/))[\w./-]*\w/;

/**
 * Finds a file of the kernel about the network that a service could not open, in its messages: such a service is about the
 * network of its host, as one that reads who is connected through it. Undefined if they name none.
 */
export const findNetworkFile = (said: string): string | undefined =>
  said
    .split("\n")
    .filter((line) => refused.test(line))
    .flatMap((line) => file.exec(line)?.[0] ?? [])[0];

type Lines = Conf["passThrough"]["Unit"];

/**
 * Finds the conditions and assertions of a conf's [Unit] that do not hold now. systemd forgets the result at once when a
 * unit has not started, so systemd-analyze(1) looks again.
 */
export const findUnmet = (name: SandboxName): Promise<readonly string[]> => findUnmetOf(name, readLines(name));

/** The same for the lines of a conf that is not in effect yet. */
export async function findUnmetOf(name: SandboxName, all: Lines): Promise<readonly string[]> {
  const lines = all
    .filter(({ key, value }) => /^(Condition|Assert)/.test(key) && value !== "")
    // systemd-analyze knows no unit.
    .map(({ key, value }) => `${key}=${withOwnSpecifiers(value, name)}`);
  if (lines.length === 0) return [];
  const { stdout, stderr } = await run("systemd-analyze", ["condition", ...lines], { accept: [1] });
  return parseUnmet(`${stdout}\n${stderr}`);
}

// A conf with an error has an explanation of its own.
function readLines(name: SandboxName): Lines {
  try {
    return loadConf(name).passThrough.Unit;
  } catch (error) {
    if (error instanceof SandboxError) return [];
    throw error;
  }
}

/** Parses the output of `systemd-analyze condition`. Of the triggering ones (`|`) one has to hold (systemd.unit(5)). */
export function parseUnmet(output: string): readonly string[] {
  const results = [...output.matchAll(/^\S+: ((Condition|Assert)\w+=(\|?).*) (succeeded|failed)\.$/gm)].map(
    ([, line = "", kind, trigger, result]) => ({
      line,
      kind,
      isTrigger: trigger === "|",
      holds: result === "succeeded",
    }),
  );
  return results
    .filter(
      ({ kind, isTrigger, holds }) =>
        !holds && !(isTrigger && results.some((other) => other.isTrigger && other.holds && other.kind === kind)),
    )
    .map(({ line }) => line);
}
