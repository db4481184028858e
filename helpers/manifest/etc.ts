import type { ManifestEntry } from "./entry.ts";
import { isWorldReadable, takeFromHost } from "./from-host.ts";
import { walkTree, type HostTree } from "./host-tree.ts";
import type { Selection } from "./selection.ts";
import type { PackageDatabase } from "../packages/package-database.ts";

// Which units run, what is mounted and what is confined is decided for the host there, not for a sandbox.
const hostOnly = ["/etc/systemd", "/etc/fstab", "/etc/crypttab", "/etc/mtab", "/etc/selinux", "/etc/sandboxcontainer"];

/** Whether a path is what the host alone needs, whoever lists it. */
export const isHostOnly = (path: string): boolean =>
  hostOnly.some((each) => path === each || path.startsWith(`${each}/`));

/** What the packages list below /etc, as it is on the host now; what only some may read from the service's own alone. */
export function planListedEtc(
  database: PackageDatabase,
  selection: Selection,
  host: HostTree,
): readonly ManifestEntry[] {
  // The own ones first: of two reasons the weightier is kept.
  const order = [...selection.own, ...selection.all.filter((each) => !selection.own.has(each))];
  return order.flatMap((each) =>
    database
      .listPaths(each)
      .filter((path) => path.startsWith("/etc/") && !isHostOnly(path))
      .filter((path) => selection.own.has(each) || isWorldReadable(host, path))
      .flatMap((path) => takeFromHost(host, path, `package ${each.name} lists it`)),
  );
}

/**
 * What is in the service's own directories, listed or not: files kept by ucf and links that enable something are in no
 * list. What not everybody may read is left out if it is another package's.
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
