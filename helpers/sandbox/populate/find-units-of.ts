import { basename } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { rootDirectory } from "../../../base/paths.ts";
import { type HostTree, openHostTree, resolvePath } from "../../host/files/host-tree.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import { type Package, type PackageDatabase, withSiblings } from "../../host/packages/package-database.ts";
import type { UnitProperties } from "../../host/systemd/systemd.ts";
import { listOf, rowsOf, textOf } from "../../host/systemd/unit-properties.ts";
import type { UnitDirectory, UnitFacts } from "../manifest/units.ts";
import type { ReadUnitFacts } from "./populate-sandbox.ts";
import { findFirstOwners } from "./service-packages.ts";

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

/**
 * Adds the units that units require or want, and those that these need in turn: systemd inside starts them too.
 * `isFollowed` says whether a unit is more than what every system has.
 */
export async function withNeededUnits(
  units: readonly UnitFacts[],
  readUnitFacts: ReadUnitFacts,
  isFollowed: (unit: UnitFacts) => boolean,
): Promise<readonly UnitFacts[]> {
  const all = [...units];
  const seen = new Set(units.flatMap(({ name, askedFor }) => [name, askedFor]));
  for (let found = units; found.length > 0;) {
    const names = new Set(
      found.flatMap(({ needs, triggers }) => [...needs, ...triggers]).filter((name) => !seen.has(name)),
    );
    for (const name of names) seen.add(name);
    found = names.size === 0 ? [] : (await readUnitFacts([...names], "needed")).filter(isFollowed);
    all.push(...found);
  }
  return all;
}

const named = {
  StateDirectory: "/var/lib",
  CacheDirectory: "/var/cache",
  LogsDirectory: "/var/log",
  ConfigurationDirectory: "/etc",
} as const;
const paths = ["ReadWritePaths", "ReadOnlyPaths", "ExecPaths"] as const;
const binds = ["BindPaths", "BindReadOnlyPaths"] as const;

/** The absolute directories that a unit names, each with its setting. */
export function readDirectories(properties: UnitProperties): readonly UnitDirectory[] {
  return [
    ...(Object.keys(named) as (keyof typeof named)[]).flatMap((setting) =>
      listOf(properties, setting).map((name) => ({ path: `${named[setting]}/${name}`, setting })),
    ),
    // `-`: it may be missing. `+`: it is below RootDirectory=.
    ...paths.flatMap((setting) =>
      listOf(properties, setting).map((path) => ({ path: path.replace(/^[-+]+/, ""), setting })),
    ),
    ...binds.flatMap((setting) => rowsOf(properties, setting).map(([source]) => ({ path: String(source), setting }))),
    // `-` as above. `!`: it is made if it is missing.
    ...[textOf(properties, "WorkingDirectory").replace(/^[-!]+/, "")]
      .filter((path) => path.startsWith("/") && path !== "/")
      .map((path) => ({ path, setting: "WorkingDirectory" as const })),
  ];
}
