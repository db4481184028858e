import type { ManifestEntry } from "./entry.ts";
import { freshDirectory } from "./entry.ts";
import { isWorldReadable, takeFromHost } from "./from-host.ts";
import { resolvePath, type HostTree } from "../../host/host-tree.ts";
import { findNamed } from "./maintainer-script.ts";
import { isUnlisted, type Selection, unlistedDirectories } from "./selection.ts";
import { isSkeletonDirectory } from "./skeleton.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";

const dataTops = ["/var/", "/srv/", "/opt/"];
/** Targets of links below these exist in the sandbox too. */
const insideTops = ["/etc/", "/usr/", "/var/", "/run/", "/srv/", "/opt/", "/dev/", "/proc/"];
/** Data of the host is copied from these only. */
export const copiedTops = ["/var/", "/srv/"];

const startsWithAny = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((each) => path.startsWith(each));

/**
 * The paths outside /usr and /etc that the packages list. Directories are empty, but have the owner and mode that
 * maintainer scripts gave them on the host. With `copy`, the service's own directories bring the host's data.
 */
export function planData(
  database: PackageDatabase,
  selection: Selection,
  host: HostTree,
  copy: boolean,
): readonly ManifestEntry[] {
  const order = [...new Set([...selection.own, ...selection.all])];
  return order.flatMap((each) => {
    const reason = `package ${each.name} lists it`;
    const withData = copy && selection.own.has(each);
    return database
      .listPaths(each)
      .filter((path) => startsWithAny(path, dataTops) && !isSkeletonDirectory(path))
      .filter((path) => selection.own.has(each) || host.lookUp(path)?.kind !== "file" || isWorldReadable(host, path))
      .flatMap((path) => planDataPath(path, each, database, host, reason))
      .map((entry) => (withData ? addData(entry, host) : entry));
  });
}

/**
 * What the scripts of the service's own packages make in /var/log: directories, and empty files of users who may not
 * make any there. With `copy`, for which no scripts run, also the directories for data that they make. They are known by
 * the name of the package or of its source, or, in /var/log, because a script names them.
 */
export function planUnlistedData(
  database: PackageDatabase,
  { own }: Selection,
  host: HostTree,
  copy: boolean,
): readonly ManifestEntry[] {
  const tops = ["/var/log", ...(copy ? ["/var/lib", "/var/cache", "/var/spool"] : [])];
  return [...own].flatMap((each) => {
    const scripts = [database.readPreinst(each), database.readScript(each)].flatMap((text) => text ?? []);
    const named = scripts
      .flatMap((script) => findNamed(script, "/var/log/"))
      .filter((path) => database.findOwners(path).length === 0);
    const alike = tops
      .flatMap((top) => unlistedDirectories(each, top))
      .filter((path) => isUnlisted(database, host, path, [...own]));
    return [...named, ...alike]
      .flatMap((path) => takeFromHost(host, path, `the script of package ${each.name} makes it`))
      .map((entry) => (entry.kind === "file" ? { ...entry, source: { text: "" } } : entry))
      .map((entry) => (copy ? addData(entry, host) : entry));
  });
}

function planDataPath(
  path: string,
  owner: Package,
  database: PackageDatabase,
  host: HostTree,
  reason: string,
): readonly ManifestEntry[] {
  const entry = host.lookUp(path);
  if (entry === undefined) {
    // The path was removed on the host, or a cleaner emptied it. Only a path with something below it is certainly a
    // directory.
    const isDirectory = database.findOwnersBelow(path).includes(owner);
    return isDirectory ? [freshDirectory(path, 0o755, reason)] : [];
  }
  return entry.kind === "link" ? planLink(path, entry.target, host, reason) : takeFromHost(host, path, reason);
}

/**
 * If an administrator made a link to move data elsewhere (/var/lib/mysql -> /data/mysql), it becomes a directory
 * inside.
 */
function planLink(path: string, target: string, host: HostTree, reason: string): readonly ManifestEntry[] {
  const moved =
    target.startsWith("/") && !startsWithAny(`${target}/`, insideTops) ? resolvePath(host, path) : undefined;
  const entry = moved === undefined ? undefined : host.lookUp(moved);
  if (entry?.kind !== "directory") return takeFromHost(host, path, reason);
  return [{ ...freshDirectory(path, entry.mode, reason), owner: entry.owner, group: entry.group }];
}

/** The directory with all data that the host has in it. */
export function addData(entry: ManifestEntry, host: HostTree): ManifestEntry {
  if (entry.kind !== "directory" || !startsWithAny(entry.path, copiedTops)) return entry;
  const from = resolvePath(host, entry.path);
  return from === undefined
    ? entry
    : { ...entry, source: { copyTree: from }, reason: `${entry.reason}; with the host's data` };
}
