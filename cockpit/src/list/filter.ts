import type { Facts } from "../host/types.ts";

export type Column = "name" | "state" | "runs" | "since";
export type Which = "all" | "running" | "stopped" | "failed" | "noted";

/** What the reader wants to see of the list. */
export interface Wish {
  readonly text: string;
  readonly which: Which;
  readonly column: Column;
  readonly descending: boolean;
}

/** What the administrator should know of a sandbox, the most urgent first. */
export type Note =
  | "broken"
  | "unconfined"
  | "portsLost"
  | "localOnly"
  | "denied"
  | "restart"
  | "conf"
  | "upgrade"
  | "timer"
  | "snapshotFailed"
  | "snapshotsStopped";

export function notesOf(facts: Facts): readonly Note[] {
  const notes: readonly (readonly [Note, boolean])[] = [
    ["broken", facts.error !== null],
    ["unconfined", facts.unconfined],
    ["portsLost", facts.portsLost],
    ["localOnly", facts.localOnly.length > 0],
    ["denied", (facts.deniedToday ?? 0) > 0],
    ["restart", facts.replacedFiles.length > 0],
    ["conf", facts.confChanged],
    ["upgrade", (facts.outdatedPackages ?? 0) > 0],
    ["timer", facts.timer !== null && facts.timer.state !== "active"],
    ["snapshotFailed", facts.snapshotTimer?.failed === true],
    ["snapshotsStopped", facts.snapshotTimer !== null && facts.snapshotTimer.state !== "active"],
  ];
  return notes.flatMap(([note, holds]) => (holds ? [note] : []));
}

const isRunning = ({ state }: Facts): boolean => state === "active" || state === "reloading";

const belongs: Readonly<Record<Which, (facts: Facts) => boolean>> = {
  all: () => true,
  running: isRunning,
  stopped: ({ state }) => state === "inactive",
  failed: ({ state }) => state === "failed",
  noted: (facts) => notesOf(facts).length > 0,
};

/** The sandboxes that the reader wants to see, in the wished order. */
export function select(sandboxes: readonly Facts[], { text, which, column, descending }: Wish): readonly Facts[] {
  const wanted = text.trim().toLowerCase();
  const found = sandboxes.filter(
    (each) =>
      belongs[which](each) &&
      (wanted === "" || each.name.toLowerCase().includes(wanted) || each.runs.toLowerCase().includes(wanted)),
  );
  const sorted = found.toSorted((one, other) => compare(one, other, column));
  return descending ? sorted.reverse() : sorted;
}

function compare(one: Facts, other: Facts, column: Column): number {
  const order = column === "since" ? (one.since ?? 0) - (other.since ?? 0) : one[column].localeCompare(other[column]);
  return order === 0 ? one.name.localeCompare(other.name, undefined, { numeric: true }) : order;
}
