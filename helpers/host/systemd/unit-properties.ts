import { connectSystemd, type UnitProperties } from "./systemd.ts";

/** A text property; empty if the unit's type does not have it. */
export function textOf(properties: UnitProperties, key: string): string {
  const value = properties[key];
  return typeof value === "string" ? value : "";
}

/** A property that is a list of texts. */
export const listOf = (properties: UnitProperties, key: string): readonly string[] =>
  (properties[key] ?? []) as readonly string[];

/** A property that is a list of structures. */
export const rowsOf = (properties: UnitProperties, key: string): readonly (readonly unknown[])[] =>
  (properties[key] ?? []) as readonly unknown[][];

/** Says in words why a unit failed that has said nothing itself (Result= in systemd.exec(5)). */
export function describeResult(properties: UnitProperties): string {
  const result = String(properties["Result"] ?? properties["LoadState"]);
  switch (result) {
    case "oom-kill":
      return "the kernel killed it, because the memory of the host, or of this unit (MemoryMax=), is used up";
    case "signal":
    case "core-dump":
      // SIGABRT and SIGKILL (signal(7)). Bun aborts without a word if it can make no thread.
      switch (Number(properties["ExecMainStatus"])) {
        case 6:
          return "its runtime gave up, for want of threads or of memory. Allow more processes (TasksMax= of the unit, ulimit -u), or more memory (MemoryMax=)";
        case 9:
          return "it was killed. If nobody did that, the memory of the host, or of this unit (MemoryMax=), is used up: journalctl -k";
      }
      break;
    case "exit-code":
      // EXIT_CREDENTIALS (systemd.exec(5), PROCESS EXIT CODES).
      if (Number(properties["ExecMainStatus"]) === 243) return "systemd could not read its credentials";
      break;
    case "timeout":
      return "it did not end in the time that it has (TimeoutStartSec=, TimeoutStopSec=)";
    case "resources":
      return "systemd could not start it, for want of memory, of processes (TasksMax=), or of space in /run";
  }
  return `systemd says ${result}`;
}

/**
 * Reads the properties of units, including drop-ins, from systemd on the host. The result knows only the requested
 * units.
 */
export async function readUnits(units: readonly string[]): Promise<(unit: string) => UnitProperties> {
  if (units.length === 0) return () => ({});
  using systemd = await connectSystemd();
  const read = async (unit: string): Promise<[string, UnitProperties]> => [unit, await systemd.readUnit(unit)];
  const known = new Map(await Promise.all([...new Set(units)].map(read)));
  return (unit) => known.get(unit) ?? {};
}
