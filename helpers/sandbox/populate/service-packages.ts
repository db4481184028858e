import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { resolvePath, type HostTree } from "../../host/host-tree.ts";
import type { UnitFacts } from "../manifest/unit-facts.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";

export interface Service {
  readonly units: readonly UnitFacts[];
  /** The program of an Exec= sandbox. */
  readonly executable: string | undefined;
  /** The package names of Package=. */
  readonly packages: readonly string[];
}

/** Finds the packages that a conf names, and those of its units and its executable. */
export function findServicePackages(service: Service, database: PackageDatabase, host: HostTree): readonly Package[] {
  const named = service.packages.map((name) => {
    const found = database.findPackage(name);
    if (found === undefined)
      throw new SandboxError(`package ${name} is not installed`, {
        hint: "Install it, or correct Package=",
        status: 2,
      });
    return found;
  });
  const wanted = [
    ...service.units.map((unit) => ({ what: unit.name, candidates: unitCandidates(unit) })),
    ...(service.executable === undefined
      ? []
      : [{ what: service.executable, candidates: executableCandidates(service.executable) }]),
  ];
  const owners = wanted.flatMap(({ what, candidates }) => {
    const found = findFirstOwners(candidates, database, host);
    // A program may come from elsewhere, as long as the conf names the packages that it needs.
    if (found.length === 0 && named.length === 0) {
      throw new SandboxError(`${what} belongs to no package`, { hint: "Name the packages it needs with Package=" });
    }
    return found;
  });
  return [...new Set([...owners, ...named])];
}

/** The packages that a unit belongs to; empty if it belongs to none. */
export const findUnitOwners = (unit: UnitFacts, database: PackageDatabase, host: HostTree): readonly Package[] =>
  findFirstOwners(unitCandidates(unit), database, host);

const executableCandidates = (executable: string): readonly string[] =>
  executable.startsWith("/")
    ? [executable]
    : ["/usr/sbin", "/usr/bin"].map((directory) => `${directory}/${executable}`);

/**
 * If an administrator wrote the unit file, its package is that of the vendor's unit with the same name, or of the
 * program that it runs.
 */
function unitCandidates(unit: UnitFacts): readonly string[] {
  const vendor = [unit.name, unit.name.replace(/@[^.]*/, "@")].map((name) => `/usr/lib/systemd/system/${name}`);
  return [
    unit.fragmentPath,
    ...vendor,
    ...(unit.sourcePath === undefined ? [] : [unit.sourcePath]),
    ...unit.executables,
  ];
}

/** Owners of the first path that has any. A link (/usr/bin/java) may have no owner while its target has one. */
export function findFirstOwners(
  paths: readonly string[],
  database: PackageDatabase,
  host: HostTree,
): readonly Package[] {
  for (const path of paths) {
    const target = resolvePath(host, path);
    for (const each of target === undefined ? [path] : [path, target]) {
      const owners = database.findOwners(each);
      if (owners.length > 0) return owners;
    }
  }
  return [];
}
