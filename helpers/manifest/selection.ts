import { isSkeletonDirectory } from "./skeleton.ts";
import { withSiblings, type Package, type PackageDatabase } from "../packages/package-database.ts";

/** The packages of a sandbox. Only the service's own may bring what not everybody may read. */
export interface Selection {
  /** Packages of the units or the executable, those the conf names, and the others of their sources. */
  readonly own: ReadonlySet<Package>;
  /** The own ones, what they depend on, and what plugs into their configuration. */
  readonly all: readonly Package[];
  /** Directories in /etc that are the service's alone, with everything in them. */
  readonly ownDirectories: ReadonlyMap<string, Package>;
}

/** `support`: packages that the sandbox needs to run at all, whatever the service. */
export function selectPackages(
  database: PackageDatabase,
  named: readonly Package[],
  support: readonly Package[],
): Selection {
  const own = withSiblings(database, named);
  const needed = database.findClosure(own);
  const ownDirectories = findOwnDirectories(database, own, new Set([...needed, ...database.findDependents(own)]));
  // A module puts its file beside the service's, and has further files elsewhere (/etc/php/8.4/apache2).
  const plugins = [...ownDirectories.keys()].flatMap((directory) => database.findOwnersBelow(directory));
  return { own: new Set(own), all: database.findClosure([...own, ...plugins, ...support]), ownDirectories };
}

function findOwnDirectories(
  database: PackageDatabase,
  own: readonly Package[],
  related: ReadonlySet<Package>,
): ReadonlyMap<string, Package> {
  const names = new Set(own.flatMap((each) => [each.source, each.name.replace(/:.*/, "")]));
  const found = new Map<string, Package>();
  for (const each of own) {
    for (const path of database.listPaths(each)) {
      if (!path.startsWith("/etc/") || path.startsWith("/etc/systemd/") || isSkeletonDirectory(path) || found.has(path))
        continue;
      if (!isListedDirectory(database, each, path)) continue;
      if (names.has(path.slice("/etc/".length)) || database.findOwners(path).every((owner) => related.has(owner)))
        found.set(path, each);
    }
  }
  return found;
}

/** A package database knows paths, not kinds: a directory is what has something in it, or is `/etc/PACKAGE`. */
function isListedDirectory(database: PackageDatabase, owner: Package, path: string): boolean {
  return database.findOwnersBelow(path).length > 0 || path === `/etc/${owner.name}`;
}
