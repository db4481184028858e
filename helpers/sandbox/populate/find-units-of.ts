import { basename } from "node:path";
import { rootDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { resolvePath, type HostTree } from "../../host/host-tree.ts";
import { openHostTree } from "../../host/open-host-tree.ts";
import { findFirstOwners } from "./service-packages.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import { withSiblings, type Package, type PackageDatabase } from "../../host/packages/package-database.ts";

const unitDirectory = "/usr/lib/systemd/system/";

/**
 * Finds the host's services that run an executable, see `selectUnits`. Throws a SandboxError if the executable belongs
 * to no package.
 */
export async function findUnitsOf(executable: string): Promise<readonly string[]> {
  const host = openHostTree(rootDirectory);
  if (resolvePath(host, executable) === undefined) {
    throw new SandboxError(`${executable}: no such file on the host`, { hint: "Is the package installed?" });
  }
  const database = await openPackageDatabase(rootDirectory);
  const owners = findFirstOwners([executable], database, host);
  if (owners.length > 0) return selectUnits(executable, owners, database, host);
  throw new SandboxError(`${executable} belongs to no package`, {
    hint: "Name its unit with --unit, or run it as a command: create NAME -- COMMAND",
  });
}

/**
 * Finds the services that run an executable, directly or through a script that names it. It looks at the services and
 * scripts of the packages that own the executable, and of their siblings. Templates count only if nothing else is
 * found. Sorted.
 */
export function selectUnits(
  executable: string,
  owners: readonly Package[],
  database: PackageDatabase,
  host: HostTree,
): readonly string[] {
  const packages = withSiblings(database, owners);
  const target = resolvePath(host, executable) ?? executable;
  const isOurs = (path: string): boolean => database.findOwners(path).some((owner) => packages.includes(owner));
  const runs = (program: string): boolean => {
    const path = resolvePath(host, program);
    if (path === target) return true;
    return path !== undefined && isOurs(path) && isScriptNaming(host.readText(path) ?? "", executable, target);
  };
  const units = packages
    .flatMap((each) => database.listPaths(each))
    .filter((path) => path.startsWith(unitDirectory) && path.endsWith(".service"))
    .filter((path) => readPrograms(host.readText(path) ?? "").some(runs))
    .map((path) => basename(path));
  const plain = units.filter((unit) => !unit.includes("@"));
  return [...new Set(plain.length > 0 ? plain : units)].sort();
}

/** The programs of ExecStart= in a unit file's text, without the special characters that may precede them. */
export function readPrograms(unit: string): readonly string[] {
  return [...unit.replaceAll("\\\n", " ").matchAll(/^ExecStart\s*=\s*[-@:+!|]*("[^"]+"|'[^']+'|\S+)/gm)].map(
    ([, word = ""]) => {
      const program = word.replace(/^["']|["']$/g, "");
      return program.startsWith("/") ? program : `/usr/bin/${program}`;
    },
  );
}

function isScriptNaming(text: string, ...programs: readonly string[]): boolean {
  // Excludes a longer path with the same beginning: /usr/sbin/apache2ctl.
  return (
    text.startsWith("#!") &&
    programs.some((program) =>
      text
        .split(program)
        .slice(1)
        .some((rest) => !/^[\w./-]/.test(rest)),
    )
  );
}
