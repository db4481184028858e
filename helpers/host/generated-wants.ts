import { basename, join } from "node:path";
import { rootDirectory } from "../../generator/conf/paths.ts";
import { parseContentUnit, type UnitName } from "../../generator/conf/values/values.ts";
import type { HostTree } from "./host-tree.ts";
import { openHostTree } from "./open-host-tree.ts";

const folders = ["generator.early", "generator", "generator.late"].map((name) => join("/run/systemd", name));

const isContent = (unit: string): boolean => /[^@]\.(service|socket|timer|path)$/.test(unit);

/**
 * Finds the links by which a generator on the host made a unit want or require others (systemd.generator(7)): absolute
 * paths such as `/run/systemd/generator/db.service.wants/db@17.service`.
 */
export const findGeneratedLinks = (unit: string, host: HostTree): readonly string[] =>
  folders
    .flatMap((folder) => ["wants", "requires"].map((kind) => join(folder, `${unit}.${kind}`)))
    .flatMap((folder) =>
      host
        .list(folder)
        .filter(isContent)
        .map((name) => join(folder, name)),
    );

/**
 * Adds the units that a generator on this host made these units want. A unit that only groups others, one for each
 * cluster or configuration file, does nothing without them, and no generator runs inside.
 */
export function withGeneratedWants(units: readonly UnitName[]): readonly UnitName[] {
  const host = openHostTree(rootDirectory);
  const all = new Set(units);
  // The loop also visits units that are added to the set meanwhile.
  for (const unit of all) for (const link of findGeneratedLinks(unit, host)) all.add(parseContentUnit(basename(link)));
  return [...all];
}
