import type { HostTree } from "../../host/host-tree.ts";
import type { Selection } from "./selection.ts";
import type { UnitFacts } from "./unit-facts.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";

const folder = "/usr/lib/sysusers.d/";

/** Users and groups that the sandbox's units run as, or that its packages make (sysusers.d(5)), whatever their ids. */
export function findNeededAccounts(
  units: readonly UnitFacts[],
  database: PackageDatabase,
  { all }: Selection,
  host: HostTree,
): readonly string[] {
  const files = all
    .flatMap((each) => database.listPaths(each))
    .filter((path) => path.startsWith(folder) && path.endsWith(".conf"));
  const made = files.flatMap((path) =>
    [...(host.readText(path) ?? "").matchAll(/^[ugm]!?\s+(\S+)(?:\s+(\S+))?/gm)].flatMap(
      ([line, name = "", second = ""]) => (line.startsWith("m") ? [name, second] : [name]),
    ),
  );
  return [...units.flatMap(({ accounts }) => accounts), ...made];
}
