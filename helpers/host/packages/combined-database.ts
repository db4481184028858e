import { sortPackages } from "./indexed-database.ts";
import type { Package, PackageDatabase } from "./package-database.ts";

/** Combines several databases of one host. For each path and package, the database that knows it answers. */
export function combineDatabases(databases: readonly PackageDatabase[]): PackageDatabase {
  const owners = new Map(databases.flatMap((each) => each.packages.map((known) => [known, each] as const)));
  const split = (
    of: readonly Package[],
    ask: (database: PackageDatabase, part: readonly Package[]) => readonly Package[],
  ) =>
    databases.flatMap((each) =>
      ask(
        each,
        of.filter((known) => owners.get(known) === each),
      ),
    );
  return {
    packages: sortPackages(databases.flatMap(({ packages }) => packages)),
    findPackage: (name) => databases.map((each) => each.findPackage(name)).find((found) => found !== undefined),
    listPaths: (of) => owners.get(of)?.listPaths(of) ?? [],
    findOwners: (path) => databases.flatMap((each) => each.findOwners(path)),
    findOwnersBelow: (directory) => databases.flatMap((each) => each.findOwnersBelow(directory)),
    findClosure: (of) => split(of, (database, part) => database.findClosure(part)),
    findDependents: (of) => split(of, (database, part) => database.findDependents(part)),
    orderByDependencies: (of) => split(of, (database, part) => database.orderByDependencies(part)),
    isBase: (of) => owners.get(of)?.isBase(of) ?? false,
    readScript: (of) => owners.get(of)?.readScript(of),
    readPreinst: (of) => owners.get(of)?.readPreinst(of),
  };
}
