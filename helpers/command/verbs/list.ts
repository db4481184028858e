import { SandboxError } from "../../../base/errors.ts";
import { formatBytes } from "../../../base/text.ts";
import { connectSystemd } from "../../host/systemd/systemd.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { readDeniedToday } from "../audit/read-audit.ts";
import {
  fitColumns,
  formatLines,
  leaveOut,
  parseColumns,
  selectColumns,
  shorten,
  type Step,
  type Table,
} from "../columns.ts";
import { listNames } from "../list-names.ts";
import { openOutdated } from "../outdated.ts";
import { formatTable, type JsonOption, print, printJson, type Tone } from "../output.ts";
import { requireRoot } from "../require-sandbox.ts";
import { readAllFacts, type SandboxFacts } from "../sandbox-facts.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "list",
  group: "Look",
  summary: "list all sandboxes",
  places: {},
  options: {
    "-c, --columns <columns>": "show these columns, such as name,state,ports",
    "--format <format>": "print a line for each sandbox, such as '{{NAME}} {{STATE}}'",
  },
  json: `{ name: string; state: string; substate: string; runs: string; enabled: string; result: string;
    restarts: number; level: string | null; profile: string | null; unconfined: boolean; memoryBytes: number | null;
    ports: string[]; published: { address: string | null; port: number; inside: number; protocol: "tcp" | "udp" }[];
    network: string | null; addresses: string[]; since: number | null; timer: { state: string; substate: string;
    next: number | null; last: number | null } | null; snapshotTimer: { state: string; substate: string;
    next: number | null; last: number | null; failed: boolean } | null; replacedFiles: string[]; confChanged: boolean;
    outdatedPackages: number | null; outdatedFiles: string[]; formerName: string | null; missingUnits: string[];
    conflicts: string[]; portsLost: boolean; localOnly: string[]; snapshots: string[]; error: string | null;
    deniedToday: number | null }[]`,
  examples: ["list", "list --columns name,state,ports", "list --format '{{NAME}} {{STATE}}'"],
  run: listSandboxes,
};

const header = [
  "NAME",
  "STATE",
  "BOOT",
  "LEVEL",
  "MEMORY",
  "PORTS",
  "ADDRESS",
  "SINCE",
  "NEXT",
  "DENIED",
  "NOTES",
  "RUNS",
] as const;

type ListOptions = JsonOption & { readonly columns?: string; readonly format?: string };

async function listSandboxes(options: ListOptions): Promise<void> {
  requireRoot();
  if ([options.json === true, options.columns, options.format].filter(Boolean).length > 1)
    throw new SandboxError("--json, --columns and --format cannot be combined", { status: 2 });
  const columns = options.columns === undefined ? undefined : parseColumns(options.columns, header);
  // A wrong one is an error, also where there are no sandboxes.
  if (options.format !== undefined) formatLines({ header, rows: [] }, options.format);
  const outdated = openOutdated();
  const connected = connectSystemd();
  // The first date takes 4 ms, in which D-Bus answers.
  formatTime(0);
  using systemd = await connected;
  const deniedToday = readDeniedToday();
  const known = await readAllFacts(systemd, listNames(), outdated);
  const countDenied = await deniedToday;
  const facts: readonly ListedFacts[] = known.map((each) => ({ ...each, deniedToday: countDenied(each) }));
  const table: Table = { header, rows: facts.map(formatRow).map((row) => row.map(printableName)) };
  if (options.json === true) printJson(facts);
  else if (options.format !== undefined) process.stdout.write(formatLines(table, options.format));
  else if (facts.length > 0) printTable(columns === undefined ? fitTerminal(table) : selectColumns(table, columns));
  else if (process.stdout.isTTY) print("No sandboxes. Make one: sandboxcontainer create NAME --unit UNIT");
}

const printTable = (table: Table): void => {
  print(formatTable(table.header, table.rows, judge));
};

// What is looked for least goes first, and what says nothing before it.
const narrower: readonly Step[] = [
  leaveOut("NEXT", (cell) => cell !== "-"),
  leaveOut("ADDRESS", (cell) => cell !== "-"),
  leaveOut("NOTES", (cell) => cell !== "-"),
  leaveOut("PORTS", (cell) => cell !== "-"),
  leaveOut("DENIED", (cell) => Number(cell) > 0),
  leaveOut("LEVEL"),
  ...["SINCE", "NEXT"].map((title) =>
    shorten(title, (cell) =>
      cell.startsWith(formatTime(Date.now() / 1000).slice(0, 10)) ? cell.slice(11) : cell.slice(0, 10),
    ),
  ),
  leaveOut("ADDRESS"),
  leaveOut("BOOT"),
  leaveOut("MEMORY"),
  leaveOut("SINCE"),
  leaveOut("NEXT"),
  leaveOut("DENIED"),
  leaveOut("PORTS"),
  leaveOut("NOTES"),
];

/** On a terminal it fits the width; elsewhere it is whole. */
const fitTerminal = (table: Table): Table =>
  process.stdout.isTTY && process.stdout.columns > 0 ? fitColumns(table, process.stdout.columns, narrower) : table;

interface ListedFacts extends SandboxFacts {
  /** The number of denials since midnight; null if it is not known. */
  readonly deniedToday: number | null;
}

function formatRow(facts: ListedFacts): readonly string[] {
  return [
    facts.name,
    facts.error === null ? describeState(facts) : "bad conf",
    facts.enabled,
    facts.level?.replace(/^s0:/, "") ?? (facts.profile === null ? "-" : "apparmor"),
    facts.memoryBytes === null ? "-" : formatBytes(facts.memoryBytes),
    facts.ports.join(",") || "-",
    facts.addresses[0] ?? "-",
    facts.since === null ? "-" : formatTime(facts.since),
    typeof facts.timer?.next === "number" ? formatTime(facts.timer.next) : "-",
    String(facts.deniedToday ?? "-"),
    describeNotes(facts) || "-",
    facts.runs || (facts.error?.split("\n")[0] ?? "-"),
  ];
}

/** The state of the sandbox, or of the timer of a job that has done its work. One that failed is `failed` until it succeeds. */
const describeState = ({ state, timer }: SandboxFacts): string =>
  state === "inactive" && timer !== null && timer.state === "active" ? timer.substate : state;

function judge(word: string, title: string): Tone | undefined {
  if (title === "NOTES" && word !== "-") return /^(un(confined|installed)|ports-lost)/.test(word) ? "bad" : "doubtful";
  if (title === "DENIED" && Number(word) > 0) return "doubtful";
  if (title !== "STATE") return undefined;
  if (word === "active") return "good";
  if (word === "failed" || word === "bad conf") return "bad";
  return word.endsWith("ing") && word !== "waiting" ? "doubtful" : undefined;
}

type NotedFacts = Pick<
  SandboxFacts,
  | "unconfined"
  | "formerName"
  | "missingUnits"
  | "replacedFiles"
  | "confChanged"
  | "outdatedPackages"
  | "outdatedFiles"
  | "conflicts"
  | "portsLost"
  | "localOnly"
  | "timer"
  | "snapshotTimer"
>;

/** The words about a sandbox that somebody should look at, separated by commas. */
export const describeNotes = (facts: NotedFacts): string => {
  const {
    unconfined,
    formerName,
    missingUnits,
    replacedFiles,
    confChanged,
    outdatedPackages,
    outdatedFiles,
    conflicts,
    portsLost,
    localOnly,
    timer,
    snapshotTimer,
  } = facts;
  return [
    ...(unconfined ? ["unconfined"] : []),
    ...(portsLost ? ["ports-lost"] : []),
    ...(formerName === null ? [] : ["renamed"]),
    ...(missingUnits.length > 0 ? ["uninstalled"] : []),
    ...(replacedFiles.length > 0 ? ["needs-restart"] : []),
    ...(confChanged ? ["conf-changed"] : []),
    ...((outdatedPackages ?? 0) > 0 || outdatedFiles.length > 0 ? ["outdated"] : []),
    ...(conflicts.length > 0 ? ["conflicts"] : []),
    ...(localOnly.length > 0 ? ["local-only"] : []),
    ...(timer !== null && timer.state !== "active" ? ["timer-stopped"] : []),
    ...(snapshotTimer?.failed === true ? ["snapshot-failed"] : []),
    ...(snapshotTimer !== null && snapshotTimer.state !== "active" ? ["snapshots-stopped"] : []),
  ].join(",");
};

/** Formats local time, to the second. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (part: number): string => String(part).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
