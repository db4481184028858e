import { existsSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { readDpkgDatabase } from "./dpkg.ts";
import type { PackageDatabase } from "./package-database.ts";

/** The package database of the system below a root directory. */
export async function openPackageDatabase(rootDirectory: string): Promise<PackageDatabase> {
  if (existsSync(join(rootDirectory, "var/lib/dpkg/status"))) return readDpkgDatabase(rootDirectory);
  throw new SandboxError("this system has no package database that is known here", { hint: "dpkg is" });
}
