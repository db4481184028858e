import { dirname } from "node:path";
import { type HostTree, resolvePath } from "../../host/files/host-tree.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";
import { isSkeletonDirectory } from "./base.ts";
import { freshDirectory, isWorldReadable, type ManifestEntry, takeFromHost } from "./entry.ts";
import { findReferredPaths } from "./etc.ts";
import { findNamed } from "./maintainer-steps.ts";
import { isUnlisted, type Selection, unlistedDirectories } from "./selection.ts";

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

/** What a configuration names outside /etc. */
export interface ReferredData {
  readonly entries: readonly ManifestEntry[];
  /** Folders and files of the host that it names, but that are not copied, each with the file that names it. */
  readonly leftBehind: readonly { readonly path: string; readonly by: string }[];
}

interface Input {
  readonly database: PackageDatabase;
  readonly selection: Selection;
  readonly host: HostTree;
}

// No service keeps its data there.
const system =
  /^\/(?:bin|boot|dev|etc|lib\w*|lost\+found|media|mnt|proc|run|sbin|snap|sys|tmp|usr|var\/(?:backups|cache|crash|lock|log|run|tmp))(?:\/|$)/;
// Content for whichever service it is: that another package has a folder there says nothing.
const common = /^\/(?:srv|var\/www)(?:\/|$)/;
const ownData = /^\/var\/lib\/(?:apt|dpkg|private|sandboxcontainer|systemd|ucf)(?:\/|$)/;

/**
 * The data that the service's configuration names, with the host's content: a site in /srv, a folder in /var. The data
 * of other packages, and what is neither in /var nor in /srv, stays behind. `files` are configuration of the service.
 */
export function planReferredData(input: Input, files: readonly string[]): ReferredData {
  const { database, selection, host } = input;
  const seen = new Set<string>();
  const entries: ManifestEntry[] = [];
  const leftBehind: { path: string; by: string }[] = [];
  for (const file of files) {
    for (const path of findReferredPaths(host.readText(file) ?? "")) {
      if (seen.has(path) || system.test(path) || path.split("/").length < 3) continue;
      seen.add(path);
      const kind = followed(host, path);
      if (kind === undefined || database.findOwners(path).some((each) => selection.own.has(each))) continue;
      if (isTaken(path, input)) entries.push(...take(path, `${file} names it`, host));
      else if (kind === "directory" || common.test(path)) leftBehind.push({ path, by: file });
    }
  }
  return { entries, leftBehind };
}

function followed(host: HostTree, path: string): "directory" | "file" | undefined {
  const target = resolvePath(host, path);
  const kind = target === undefined ? undefined : host.lookUp(target)?.kind;
  return kind === "directory" || kind === "file" ? kind : undefined;
}

function isTaken(path: string, { database, selection }: Input): boolean {
  if (!copiedTops.some((top) => path.startsWith(top)) || isSkeletonDirectory(path) || ownData.test(path)) return false;
  if (common.test(path)) return true;
  const isStranger = (each: Package): boolean => !selection.own.has(each);
  return !findKeepers(path, database).some(isStranger) && !database.findOwnersBelow(path).some(isStranger);
}

/** The packages that list a path, or the nearest folder above it that is not everybody's. */
function findKeepers(path: string, database: PackageDatabase): readonly Package[] {
  for (let each = path; each !== "/" && !isSkeletonDirectory(each); each = dirname(each)) {
    const owners = database.findOwners(each);
    if (owners.length > 0) return owners;
  }
  return [];
}

function take(path: string, reason: string, host: HostTree): readonly ManifestEntry[] {
  const entry = host.lookUp(path);
  if (entry?.kind !== "link") return takeFromHost(host, path, reason).map((each) => addData(each, host));
  // Inside, the link would lead nowhere. So its place has what it leads to.
  const target = resolvePath(host, path) ?? path;
  return takeFromHost(host, target, reason).map((each) =>
    each.kind === "directory"
      ? addData({ ...freshDirectory(path, each.mode, reason), owner: each.owner, group: each.group }, host)
      : { ...each, path },
  );
}

const maxNamed = 5;

/** Says what was not copied, and how it can get into the sandbox. */
export function describeLeftBehind(leftBehind: ReferredData["leftBehind"]): string {
  const named = leftBehind.slice(0, maxNamed).map(({ path, by }) => `${path} (${by} names it)`);
  const more = leftBehind.length - named.length;
  return (
    `not copied, because it is neither in /var nor in /srv, or is the data of another package: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}. ` +
    "Show it inside with Mount=host-bind:, or copy it with copy-to"
  );
}
