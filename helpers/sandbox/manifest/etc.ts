import { dirname, posix } from "node:path";
import { type HostTree, resolvePath, walkTree } from "../../host/files/host-tree.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";
import { isSkeletonDirectory } from "./base.ts";
import { isWorldReadable, type ManifestEntry, takeFromHost } from "./entry.ts";
import { findNamed } from "./maintainer-steps.ts";
import type { Selection } from "./selection.ts";

// These files decide which units run, what is mounted and what is confined on the host, but not in a sandbox.
const hostOnly = ["/etc/systemd", "/etc/fstab", "/etc/crypttab", "/etc/mtab", "/etc/selinux", "/etc/sandboxcontainer"];

/** Whether only the host needs a path, whichever package lists it. */
export const isHostOnly = (path: string): boolean =>
  hostOnly.some((each) => path === each || path.startsWith(`${each}/`));

/**
 * The paths below /etc that the packages list, in the host's current version. Files that not everybody may read come
 * only from the service's own packages.
 */
export function planListedEtc(
  database: PackageDatabase,
  selection: Selection,
  host: HostTree,
): readonly ManifestEntry[] {
  // The service's own packages come first, because the first of two reasons is kept and theirs is the better one.
  const order = [...new Set([...selection.own, ...selection.all])];
  return order.flatMap((each) =>
    database
      .listPaths(each)
      .filter((path) => path.startsWith("/etc/") && !isHostOnly(path))
      .filter((path) => selection.own.has(each) || isWorldReadable(host, path))
      .flatMap((path) => takeFromHost(host, path, `package ${each.name} lists it`)),
  );
}

/**
 * Everything in the service's own directories, listed or not: files kept by ucf and links that enable something are in
 * no list. Files of other packages that not everybody may read are left out.
 */
export function planOwnEtc(
  database: PackageDatabase,
  { own, ownDirectories }: Selection,
  host: HostTree,
): readonly ManifestEntry[] {
  const isStrangers = (path: string): boolean => {
    const owners = database.findOwners(path);
    return owners.length > 0 && !owners.some((each) => own.has(each));
  };
  return [...ownDirectories].flatMap(([directory, owner]) => {
    const reason = `in ${directory}, which package ${owner.name} owns`;
    return [...walkTree(host, directory)]
      .filter((path) => isWorldReadable(host, path) || !isStrangers(path))
      .flatMap((path) => takeFromHost(host, path, reason));
  });
}

/**
 * Files that maintainer scripts of the service's own packages make in shared directories: /etc/default/tomcat10,
 * /etc/aliases.
 */
export function planNamedEtc(database: PackageDatabase, { own }: Selection, host: HostTree): readonly ManifestEntry[] {
  return [...own].flatMap((each) =>
    findNamed(database.readScript(each) ?? "", "/etc/")
      .filter((path) => !isHostOnly(path) && isFileOrLink(host, path) && isWorldReadable(host, path))
      .filter((path) => database.findOwners(path).length === 0)
      .flatMap((path) => takeFromHost(host, path, `the script of package ${each.name} makes it`)),
  );
}

const isFileOrLink = (host: HostTree, path: string): boolean => {
  const kind = host.lookUp(path)?.kind;
  return kind === "file" || kind === "link";
};

/**
 * The paths below /etc that configuration names, with what their files name in turn: the folder of another package that
 * a service includes (`cfg_dir=/etc/nagios-plugins/config`), a certificate, a list. Only what everybody may read, and no
 * folders that every system has. `files` are the service's own files in /etc.
 */
export function planReferredEtc(
  database: PackageDatabase,
  host: HostTree,
  files: readonly string[],
): readonly ManifestEntry[] {
  const seen = new Set(files);
  const found: ManifestEntry[] = [];
  for (let next = files; next.length > 0;) {
    const entries = next.flatMap((file) =>
      findReferred(host.readText(file) ?? "")
        .flatMap((path) => expand(path, database, host))
        .filter((path) => !seen.has(path) && seen.add(path).has(path))
        .flatMap((path) => takeFromHost(host, path, `${file} names it`)),
    );
    found.push(...entries);
    next = entries.flatMap(({ kind, path }) => (kind === "file" ? [path] : []));
  }
  return found;
}

const comment = /^[ \t]*(?:#|;|\/\/|--).*/gm;

/** Finds the paths below /etc in a configuration. For a pattern (glob(7)) this is the folder in which it looks. */
export const findReferred = (text: string): readonly string[] =>
  findReferredPaths(text).filter((path) => path.startsWith("/etc/"));

/** The same for all paths. */
export function findReferredPaths(text: string): readonly string[] {
  const paths = text.replace(comment, "").matchAll(/(?<![\w./@-])\/\w[\w.@+-]*\/[\w.@+*?[\]/-]+/g);
  const plain = [...paths].map(([path]) => {
    const pattern = path.search(/[*?[\]]/);
    return posix
      .normalize(pattern === -1 ? path : dirname(`${path.slice(0, pattern)}x`))
      .replace(/(?<![./])[./]+$/, "");
  });
  return [...new Set(plain)];
}

function expand(path: string, database: PackageDatabase, host: HostTree): readonly string[] {
  if (isHostOnly(path) || isSkeletonDirectory(path)) return [];
  // The modes say who may read a path only if no part of it is a link, which may lead below a closed folder.
  if (resolvePath(host, dirname(path)) !== dirname(path)) return [];
  const entry = host.lookUp(path);
  if (entry?.kind === "link") {
    const target = resolvePath(host, path) ?? "";
    return [path, ...(target.startsWith("/etc/") ? expand(target, database, host) : [])];
  }
  if (entry?.kind !== "directory") return isWorldReadable(host, path) ? [path] : [];
  if (database.findOwners(path).some((owner) => database.isBase(owner))) return [];
  return [path, ...[...walkTree(host, path)].filter((each) => isWorldReadable(host, each))];
}
