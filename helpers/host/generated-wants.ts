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
 * Units with those that a generator has hung on them on this host (systemd.generator(7)): a unit that only stands for others, one
 * for each cluster or configuration file, is nothing without them, and no generator runs inside.
 */
export function withGeneratedWants(units: readonly UnitName[]): readonly UnitName[] {
  const all = new Set(units);
  // What is added to a set is iterated over as well.
  for (const unit of all) for (const hung of listHung(unit)) if (isContent(hung)) all.add(parseContentUnit(hung));
  return [...all];
}
