import { basename, dirname, join, posix } from "node:path";
import { type HostTree, resolvePath, walkTree } from "../../host/files/host-tree.ts";
import { findGeneratedLinks } from "../../host/systemd/unit-files.ts";
import { isSkeletonDirectory } from "./base.ts";
import { addData } from "./data.ts";
import { freshLink, type ManifestEntry, takeFromHost } from "./entry.ts";

const administratorsUnits = "/etc/systemd/system/";

/**
 * The paths that a unit itself names: its files, if an administrator wrote them, its environment and its directories.
 * `generates`: generators run inside, and decide there what the unit wants.
 */
export function planUnit(unit: UnitFacts, host: HostTree, copy: boolean, generates = false): readonly ManifestEntry[] {
  const take = (path: string, what: string): readonly ManifestEntry[] =>
    path.startsWith("/etc/") ? takeFromHost(host, path, `${what} of ${unit.name}`) : [];
  return [
    ...(unit.fragmentPath.startsWith(administratorsUnits) ? take(unit.fragmentPath, "unit file") : []),
    ...planGenerated(unit, host),
    ...(generates ? [] : planGeneratedWants(unit, host)),
    ...unit.dropInPaths.filter((path) => isOwnDropIn(path, unit.name)).flatMap((path) => take(path, "drop-in")),
    ...unit.environmentFiles.flatMap((path) => take(normalizePath(path), "EnvironmentFile=")),
    ...[...unit.directories, ...findHomes(unit, host)].flatMap(({ path, setting }) =>
      planUnitDirectory({ path: normalizePath(path), setting }, unit.name, host, copy),
    ),
    ...planAlias(unit),
  ];
}

/** Units and /etc/passwd may write one path in several ways: `/var/lib/x/`, `/var//lib/x`, `/var/lib/./x`. */
const normalizePath = (path: string): string => posix.normalize(path).replace(/(.)\/$/, "$1");

/** A unit that a generator of the host made, for example from a script in /etc/init.d. No generators run inside. */
function planGenerated(unit: UnitFacts, host: HostTree): readonly ManifestEntry[] {
  if (!unit.fragmentPath.startsWith("/run/systemd/")) return [];
  const reason = `unit file of ${unit.name}, generated on the host`;
  return takeFromHost(host, unit.fragmentPath, reason).map((each) => ({
    ...each,
    path: `${administratorsUnits}${unit.name}`,
  }));
}

/** What a generator of the host made the unit want, as links for systemd inside. */
const planGeneratedWants = (unit: UnitFacts, host: HostTree): readonly ManifestEntry[] =>
  findGeneratedLinks(unit.name, host).map((path) => {
    const file = resolvePath(host, path) ?? "";
    // A unit that was generated too is a file of the sandbox's /etc.
    const target = file.startsWith("/usr/") ? file : `${administratorsUnits}${basename(path)}`;
    const link = join(administratorsUnits, basename(dirname(path)), basename(path));
    return freshLink(link, target, `wanted by ${unit.name}, generated on the host`);
  });

/** Excludes drop-ins for all services (service.d), which say how the host runs its own services. */
function isOwnDropIn(path: string, unit: string): boolean {
  const names = [unit, unit.replace(/@[^.]*/, "@")];
  return names.some((name) => path.startsWith(`${administratorsUnits}${name}.d/`));
}

/**
 * Packages make the home of their service's user together with the user. It is in no list, and etcd keeps its data
 * there.
 */
const findHomes = ({ accounts }: UnitFacts, host: HostTree): readonly UnitDirectory[] =>
  (host.readText("/etc/passwd") ?? "").split("\n").flatMap((line) => {
    const [name = "", , id = "", , , home = ""] = line.split(":");
    return accounts.includes(name) || accounts.includes(id) ? [{ path: home, setting: "User" }] : [];
  });

const privateTops = ["/etc/", "/var/", "/srv/", "/opt/"];

/**
 * Configuration comes whole. systemd makes the other directories if they are missing, so only data and the host's modes
 * matter.
 */
function planUnitDirectory(
  { path, setting }: UnitDirectory,
  unit: string,
  host: HostTree,
  copy: boolean,
): readonly ManifestEntry[] {
  const reason = `${setting}= of ${unit}`;
  // Listing a shared directory does not make it the service's own.
  if (!privateTops.some((top) => path.startsWith(top)) || isSkeletonDirectory(path)) return [];
  const entry = host.lookUp(path);
  if (entry?.kind === "link") return copy ? planDynamic(path, reason, host) : [];
  if (entry?.kind !== "directory") return [];
  const entries = takeFromHost(host, path, reason);
  if (setting === "ConfigurationDirectory")
    return [...entries, ...[...walkTree(host, path)].flatMap((each) => takeFromHost(host, each, reason))];
  return copy ? entries.map((each) => addData(each, host)) : entries;
}

/** With DynamicUser= the path is a link to ../private, and systemd makes it again for the data there. */
function planDynamic(path: string, reason: string, host: HostTree): readonly ManifestEntry[] {
  const target = resolvePath(host, path);
  if (target !== join(dirname(path), "private", basename(path))) return [];
  return takeFromHost(host, target, reason).map((each) => addData(each, host));
}

/** A conf may name a unit by an alias that an administrator enabled on the host. That name must also exist inside. */
function planAlias(unit: UnitFacts): readonly ManifestEntry[] {
  if (unit.askedFor === unit.name) return [];
  return [freshLink(`${administratorsUnits}${unit.askedFor}`, unit.fragmentPath, `alias of ${unit.name}`)];
}

/** systemd's facts about a unit that decide what a sandbox needs. */
export interface UnitFacts {
  /** Its own name, even if it was asked for by an alias. */
  readonly name: string;
  /** The name in the conf. */
  readonly askedFor: string;
  readonly fragmentPath: string;
  /** The source of a generated unit, such as `/etc/init.d/x`. */
  readonly sourcePath: string | undefined;
  readonly dropInPaths: readonly string[];
  /** Programs of ExecStart=. */
  readonly executables: readonly string[];
  readonly environmentFiles: readonly string[];
  /** Absolute paths of StateDirectory=, ReadWritePaths= and the like, each with its setting. */
  readonly directories: readonly UnitDirectory[];
  /** The names or ids of the users and groups that it runs as. */
  readonly accounts: readonly string[];
  /** Units that it starts, such as the service of a socket. */
  readonly triggers: readonly string[];
  /** Units that it requires or wants. */
  readonly needs: readonly string[];
}

export interface UnitDirectory {
  readonly path: string;
  readonly setting:
    | "StateDirectory"
    | "CacheDirectory"
    | "LogsDirectory"
    | "ConfigurationDirectory"
    | "ReadWritePaths"
    | "ReadOnlyPaths"
    | "ExecPaths"
    | "BindPaths"
    | "BindReadOnlyPaths"
    | "WorkingDirectory"
    /** The home of the user that the unit runs as. */
    | "User";
}
