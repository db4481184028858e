import type { HostTree } from "../../host/files/host-tree.ts";
import { type Package, type PackageDatabase, withSiblings } from "../../host/packages/package-database.ts";
import { isSkeletonDirectory } from "./base.ts";

/** The packages of a sandbox. Only the service's own packages may bring files that not everybody may read. */
export interface Selection {
  /** Packages of the units or the executable, packages that the conf names, and the others of their sources. */
  readonly own: ReadonlySet<Package>;
  /** The own packages, their dependencies, and packages that plug into their configuration. */
  readonly all: readonly Package[];
  /** Directories in /etc that belong only to the service, with everything in them. */
  readonly ownDirectories: ReadonlyMap<string, Package>;
}

/** `support`: packages that every sandbox needs to run, whatever the service. */
export function selectPackages(
  database: PackageDatabase,
  host: HostTree,
  named: readonly Package[],
  support: readonly Package[],
): Selection {
  const own = withSiblings(database, named);
  const ownDirectories = findOwnDirectories(database, host, own);
  // A module puts its file beside the service's, and has further files elsewhere (/etc/php/8.4/apache2).
  const plugins = [...ownDirectories.keys()].flatMap((directory) => database.findOwnersBelow(directory));
  return { own: new Set(own), all: database.findClosure([...own, ...plugins, ...support]), ownDirectories };
}

function findOwnDirectories(
  database: PackageDatabase,
  host: HostTree,
  own: readonly Package[],
): ReadonlyMap<string, Package> {
  const names = new Set(own.flatMap((each) => [each.source, each.name.replace(/:.*/, "")]));
  const related = new Set([...database.findClosure(own), ...database.findDependents(own)]);
  const found = new Map<string, Package>();
  for (const each of own) {
    for (const path of database.listPaths(each)) {
      if (!path.startsWith("/etc/") || path.startsWith("/etc/systemd/") || isSkeletonDirectory(path)) continue;
      if (found.has(path) || host.lookUp(path)?.kind !== "directory") continue;
      if (names.has(path.slice("/etc/".length)) || isMostlyOf(database, path, own, related)) found.set(path, each);
    }
  }
  for (const each of own) {
    for (const path of unlistedDirectories(each))
      if (!found.has(path) && isUnlisted(database, host, path, own)) found.set(path, each);
  }
  return found;
}

/** Directories in a folder that a maintainer script may make for its package, and that are then in no list. */
export const unlistedDirectories = ({ name, source }: Package, top = "/etc"): readonly string[] =>
  [...new Set([name.replace(/:.*/, ""), source])].map((each) => `${top}/${each}`);

/** Whether the host has a directory that is in no list, and below it only what is the service's own. */
export const isUnlisted = (database: PackageDatabase, host: HostTree, path: string, own: readonly Package[]): boolean =>
  host.lookUp(path)?.kind === "directory" &&
  !isSkeletonDirectory(path) &&
  database.findOwners(path).length === 0 &&
  database.findOwnersBelow(path).every((each) => own.includes(each));

/**
 * Whether a directory belongs mostly to the service, unlike a common one such as /etc/default, even if another package
 * has put a file there.
 */
function isMostlyOf(
  database: PackageDatabase,
  path: string,
  own: readonly Package[],
  related: ReadonlySet<Package>,
): boolean {
  const owners = [...new Set([...database.findOwners(path), ...database.findOwnersBelow(path)])];
  const strangers = owners.filter((each) => !related.has(each));
  const countBelow = (packages: readonly Package[]): number =>
    packages.flatMap((each) => database.listPaths(each)).filter((each) => each.startsWith(`${path}/`)).length;
  return strangers.length === 0 || countBelow(own) > countBelow(strangers);
}
