import { runQuick } from "../host/run-quick.ts";
import type { UnitProperties } from "../host/systemd.ts";
import { rowsOf } from "../host/unit-properties.ts";
import { findMentioned } from "./suggest-capabilities.ts";

/**
 * The capabilities over its network that the programs of units have as files (capabilities(7), File capabilities). A
 * program whose file has one that its sandbox lacks is not even executed. None if libcap's programs are not installed.
 */
export async function readFileCapabilities(units: readonly UnitProperties[]): Promise<readonly string[]> {
  const programs = units.flatMap((unit) => rowsOf(unit, "ExecStart")).map(([path]) => String(path));
  if (programs.length === 0) return [];
  const { status, output } = await runQuick("getcap", programs);
  return status === 0 ? findMentioned(output) : [];
}
