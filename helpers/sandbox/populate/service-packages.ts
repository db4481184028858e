import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type HostTree, resolvePath } from "../../host/files/host-tree.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";
import type { UnitFacts } from "../manifest/units.ts";
import { replaceFile } from "../state.ts";
import { digestOf } from "../tree/look-up.ts";

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

/** Configuration as it was put into a tree, by digest. It is the base of a merge when both sides have changed. */
export type Bases = ReadonlyMap<string, string>;

const basesFile = (name: SandboxName): string => join(stateDirectory(name), "bases.json.gz");

/** Empty if there are none. */
export function readBases(name: SandboxName): Bases {
  const path = basesFile(name);
  const bytes = orMissing(() => readFileSync(path));
  if (bytes === undefined) return new Map();
  const bases = parseBases(bytes);
  if (bases !== undefined) return bases;
  throw new SandboxError(`${path} is damaged`, {
    hint: "Restore it, or remove it. Without it, an upgrade does not merge a file that both sides changed, but keeps both versions",
  });
}

// Many times the size of a host's whole configuration, which is a few megabytes.
const maxText = 1 << 27;

/** Parses the output of `formatBases`; undefined for anything else, and if a text does not match its digest. */
export function parseBases(bytes: Buffer): Bases | undefined {
  let value: unknown;
  try {
    value = JSON.parse(gunzipSync(bytes, { maxOutputLength: maxText }).toString());
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const bases = new Map<string, string>();
  for (const [digest, text] of Object.entries(value)) {
    if (typeof text !== "string" || digestOf([Buffer.from(text)]) !== digest) return undefined;
    bases.set(digest, text);
  }
  return bases;
}

/** Writes one compressed file: hundreds of small ones would each take a block of the disk. */
export function writeBases(name: SandboxName, bases: Bases): void {
  replaceFile(basesFile(name), formatBases(bases));
}

/** The same bases give the same bytes. */
export function formatBases(bases: Bases): Buffer {
  const sorted = [...bases].sort(([one], [other]) => (one < other ? -1 : 1));
  return gzipSync(JSON.stringify(Object.fromEntries(sorted)));
}

// A sandbox that boots units needs the configuration of these packages, whatever its service is.
const bootPaths = ["/usr/lib/systemd/systemd", "/usr/lib/systemd/system/dbus.socket"];

/** Finds the packages that boot units in a sandbox. */
export const findBootPackages = (database: PackageDatabase, host: HostTree): readonly Package[] =>
  bootPaths.flatMap((path) => findFirstOwners([path], database, host));
