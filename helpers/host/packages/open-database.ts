import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { readDpkgDatabase, readDpkgVersions } from "./dpkg.ts";
import { sortPackages } from "./indexed-database.ts";
import type { Package, PackageDatabase, Version } from "./package-database.ts";
import { readRpmDatabase, readRpmVersions } from "./rpm.ts";

const kinds = [
  {
    program: "/usr/bin/dpkg-query",
    files: ["var/lib/dpkg/status"],
    read: readDpkgDatabase,
    readVersions: readDpkgVersions,
  },
  {
    program: "/usr/bin/rpm",
    files: ["usr/lib/sysimage/rpm", "var/lib/rpm"].flatMap((folder) =>
      ["rpmdb.sqlite", "Packages.db", "Packages"].map((file) => `${folder}/${file}`),
    ),
    read: readRpmDatabase,
    readVersions: readRpmVersions,
  },
] as const;

/**
 * Opens the package database of the system below a root directory, or both if it has two. Throws a SandboxError if it
 * has none.
 */
export async function openPackageDatabase(rootDirectory: string): Promise<PackageDatabase> {
  const [database, ...more] = await Promise.all(findKinds(rootDirectory).map(({ read }) => read(rootDirectory)));
  if (database !== undefined) return more.length === 0 ? database : combineDatabases([database, ...more]);
  throw new SandboxError(`this system has no package database that we can read: ${describeKinds()}`, {
    hint: "The content of a sandbox is computed from it",
  });
}

/** Reads only the names and versions of all installed packages; none if there is no database. */
export const readVersions = async (rootDirectory: string): Promise<readonly Version[]> =>
  (await Promise.all(findKinds(rootDirectory).map((kind) => kind.readVersions(rootDirectory)))).flat();

// A database may remain after its program was removed, and a program may bring an empty database.
const findKinds = (rootDirectory: string) =>
  kinds.filter(
    ({ program, files }) => existsSync(program) && files.some((file) => isFilled(join(rootDirectory, file))),
  );

const isFilled = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;

const describeKinds = (): string => kinds.map(({ program, files }) => `${program} with /${files[0]}`).join(", or ");

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
