import { basename } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { helperDirectory, rootDirectory } from "../../../base/paths.ts";
import type { Conf } from "../../../conf/conf.ts";
import { isWithin } from "../../../conf/values/mount.ts";
import { openHostTree } from "../../host/files/host-tree.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import { type Package, type PackageDatabase, withSiblings } from "../../host/packages/package-database.ts";
import type { Systemd, UnitProperties } from "../../host/systemd/systemd.ts";
import { listOf, rowsOf, textOf } from "../../host/systemd/unit-properties.ts";
import { findUnitsOf } from "../../sandbox/populate/find-units-of.ts";
import { findObstacles } from "../../sandbox/populate/read-unit-facts.ts";
import { findBootPackages } from "../../sandbox/populate/service-packages.ts";
import type { CreateRequest } from "./request.ts";

/** Returns the units for the sandbox: the named ones, or the one that runs the executable. Throws SandboxError. */
export async function findUnits(systemd: Systemd, request: CreateRequest): Promise<readonly string[]> {
  if (request.executable === undefined) {
    const names = request.units.map((unit) => (unit.includes(".") ? unit : `${unit}.service`));
    for (const unit of names) await requireUnit(systemd, unit);
    return names;
  }
  if (!request.executable.includes("/")) {
    throw new SandboxError(`${request.executable} is not the path of an executable`, {
      hint: `To run a unit: sandboxcontainer create ${request.name} --unit ${request.executable}. To run a command: sandboxcontainer create ${request.name} -- ${request.executable}`,
      status: 2,
    });
  }
  const units = await findUnitsOf(request.executable);
  if (units.length === 1) return units;
  if (units.length === 0) {
    throw new SandboxError(`no unit of its package runs ${request.executable}`, {
      hint: `Name a unit with --unit, or run the command itself: sandboxcontainer create ${request.name} -- ${request.executable}`,
    });
  }
  throw new SandboxError(`several units run ${request.executable}: ${units.join(", ")}`, {
    hint: "Say which with --unit",
    status: 2,
  });
}

async function requireUnit(systemd: Systemd, unit: string): Promise<void> {
  const refusal = refuseUnit(unit, await systemd.readUnit(unit));
  if (refusal !== undefined) throw refusal;
}

/** Says why no sandbox can run a unit of the host; undefined if one can. */
export function refuseUnit(unit: string, properties: UnitProperties): SandboxError | undefined {
  const { LoadState: state, LoadError: error } = properties;
  if (state === "loaded") return findObstacles(unit, properties)[0];
  if (state === "masked")
    return new SandboxError(`unit ${unit} is masked on this host`, { hint: `Unmask it: systemctl unmask ${unit}` });
  return new SandboxError(
    state === "bad-setting" || state === "error"
      ? `systemd cannot load unit ${unit} of this host`
      : `there is no unit ${unit} on this host`,
    {
      hint:
        state === "bad-setting" || state === "error"
          ? `systemd says: ${(error as string[]).join(" ")}`
          : `See \`systemctl list-unit-files '*${unit.split(".")[0] ?? ""}*'\`, and install its package first`,
    },
  );
}

/** A unit of the host that a sandbox may run. The keys are those of the JSON. */
export interface HostUnit {
  readonly unit: string;
  readonly description: string;
  readonly package: string | null;
  /** ActiveState on the host. */
  readonly state: string;
  /** The sandboxes whose conf runs it. */
  readonly sandboxes: readonly string[];
  /** Why no sandbox can run it. */
  readonly obstacle: string | null;
}

/** Describes a unit; undefined if it is a part of the system, of a sandbox, or of this product. */
export function describeHostUnit(
  path: string,
  properties: UnitProperties,
  { findOwner, isBase }: Pick<Owners, "findOwner" | "isBase">,
  confs: readonly Pick<Conf, "name" | "Unit">[],
): HostUnit | undefined {
  const unit = basename(path);
  const owner = findOwner(path, properties);
  const state = textOf(properties, "UnitFileState");
  // A generator that reads a script of /etc/init.d names it. Ours, which makes the sockets of sandboxes, names nothing.
  if (state === "generated" && textOf(properties, "SourcePath") === "") return undefined;
  if (isOurs(properties) || (state === "static" && owner !== undefined && isBase(owner))) return undefined;
  const names = [unit, ...listOf(properties, "Names")];
  return {
    unit,
    description: textOf(properties, "Description"),
    package: owner?.name ?? null,
    state: textOf(properties, "ActiveState"),
    sandboxes: confs.filter((conf) => conf.Unit.some((each) => names.includes(each))).map(({ name }) => name),
    obstacle: refuseUnit(unit, properties)?.message ?? null,
  };
}

const isOurs = (properties: UnitProperties): boolean =>
  rowsOf(properties, "ExecStart").some(([program]) => isWithin(String(program), helperDirectory));

const unitDirectory = "/usr/lib/systemd/system";

/** Says which packages the host's units come from. */
export interface Owners {
  /** The package that a unit comes from. */
  readonly findOwner: (path: string, properties: UnitProperties) => Package | undefined;
  /** Whether a unit belongs to what also boots a sandbox. */
  readonly isOfBoot: (path: string) => boolean;
  /** Whether every system has the package. */
  readonly isBase: (of: Package) => boolean;
}

/** Reads the host's packages. */
export async function openOwners(): Promise<Owners> {
  const database = await openPackageDatabase(rootDirectory);
  return listOwners(database, findBootPackages(database, openHostTree(rootDirectory)));
}

export function listOwners(database: PackageDatabase, boot: readonly Package[]): Owners {
  const ofBoot = new Set([...withSiblings(database, boot), ...database.findClosure(boot)]);
  // To search all lists of files for each unit would take seconds.
  const shipped = new Map(
    database
      .findOwnersBelow(unitDirectory)
      .flatMap((each) => database.listPaths(each).map((path) => [path, each] as const)),
  );
  // An administrator's file replaces the vendor's.
  const findShipper = (path: string): Package | undefined =>
    shipped.get(path) ?? shipped.get(`${unitDirectory}/${basename(path)}`);
  return {
    findOwner(path, properties) {
      // A generator names the script that it has read.
      const source = textOf(properties, "SourcePath");
      return findShipper(path) ?? (source === "" ? undefined : database.findOwners(source)[0]);
    },
    isOfBoot(path) {
      const owner = findShipper(path);
      return owner !== undefined && ofBoot.has(owner);
    },
    isBase: (of) => database.isBase(of),
  };
}
