import type { ManifestEntry } from "./entry.ts";
import { isWorldReadable, takeFromHost } from "./from-host.ts";
import { walkTree, type HostTree } from "../../host/host-tree.ts";
import { findNamed } from "./maintainer-script.ts";
import type { Selection } from "./selection.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";

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
