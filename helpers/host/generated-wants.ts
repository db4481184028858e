import { readdirSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory } from "../../generator/conf/paths.ts";
import { parseContentUnit, type UnitName } from "../../generator/conf/values/values.ts";
import { orMissing } from "./or-missing.ts";

const folders = ["generator.early", "generator", "generator.late"].map((name) =>
  join(rootDirectory, "run/systemd", name),
);

const listHung = (unit: string): readonly string[] =>
  folders.flatMap((folder) =>
    ["wants", "requires"].flatMap((kind) =>
      (orMissing(() => readdirSync(join(folder, `${unit}.${kind}`))) ?? []).sort(),
    ),
  );

const isContent = (unit: string): boolean => /[^@]\.(service|socket|timer|path)$/.test(unit);

/**
 * Adds the units that a generator on this host made these units want (systemd.generator(7)). A unit that only groups
 * others, one for each cluster or configuration file, does nothing without them, and no generator runs inside.
 */
export function withGeneratedWants(units: readonly UnitName[]): readonly UnitName[] {
  const all = new Set(units);
  // The loop also visits units that are added to the set meanwhile.
  for (const unit of all) for (const hung of listHung(unit)) if (isContent(hung)) all.add(parseContentUnit(hung));
  return [...all];
}
