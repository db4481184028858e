import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { combineDatabases } from "./combined-database.ts";
import { readDpkgDatabase } from "./dpkg.ts";
import type { PackageDatabase } from "./package-database.ts";
import { readRpmDatabase } from "./rpm.ts";

const kinds = [
  { program: "/usr/bin/dpkg-query", files: ["var/lib/dpkg/status"], read: readDpkgDatabase },
  {
    program: "/usr/bin/rpm",
    files: ["usr/lib/sysimage/rpm", "var/lib/rpm"].flatMap((folder) =>
      ["rpmdb.sqlite", "Packages.db", "Packages"].map((file) => `${folder}/${file}`),
    ),
    read: readRpmDatabase,
  },
] as const;

/**
 * Opens the package database of the system below a root directory, or both if it has two. Throws a SandboxError if it
 * has none.
 */
export async function openPackageDatabase(rootDirectory: string): Promise<PackageDatabase> {
  // A database may remain after its program was removed, and a program may bring an empty database.
  const there = kinds.filter(
    ({ program, files }) => existsSync(program) && files.some((file) => isFilled(join(rootDirectory, file))),
  );
  const [database, ...more] = await Promise.all(there.map(({ read }) => read(rootDirectory)));
  if (database !== undefined) return more.length === 0 ? database : combineDatabases([database, ...more]);
  throw new SandboxError(`this system has no package database that we can read: ${describeKinds()}`, {
    hint: "The content of a sandbox is computed from it",
  });
}

const isFilled = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;

const describeKinds = (): string => kinds.map(({ program, files }) => `${program} with /${files[0]}`).join(", or ");
