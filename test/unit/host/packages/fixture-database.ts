import { readFileSync } from "node:fs";
import { parseDpkgDatabase } from "../../../../helpers/host/packages/dpkg.ts";
import type { Package, PackageDatabase } from "../../../../helpers/host/packages/package-database.ts";

const read = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8");

/**
 * Some packages of a Debian 13, with some of their paths. `extra` has further records in the same form. `scripts` are
 * by the name of their package, other scripts than its postinst by those of their files.
 */
export function openFixtureDatabase(
  options: { extra?: string; diversions?: string; scripts?: Readonly<Record<string, string>> } = {},
): PackageDatabase {
  const merged = ["bin", "lib", "lib64", "sbin"];
  return parseDpkgDatabase(
    `${read("dpkg-query.txt")}${options.extra ?? ""}`,
    options.diversions ?? "",
    merged,
    (file) => options.scripts?.[file.replace(/\.postinst$/, "")],
  );
}

export const fixtureDiversions = read("dpkg-divert.txt");

export function getPackage(database: PackageDatabase, name: string): Package {
  const found = database.findPackage(name);
  if (found === undefined) throw new Error(`the fixture has no ${name}`);
  return found;
}

export const namesOf = (packages: Iterable<Package>): string[] => [...packages].map(({ name }) => name);
