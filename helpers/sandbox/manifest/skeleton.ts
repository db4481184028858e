import { freshDirectory, freshLink, type ManifestEntry } from "./entry.ts";
import type { HostTree } from "../../host/host-tree.ts";
import { takeFromHost } from "./from-host.ts";

const reason = "every system has it";
const merged = ["bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32"];

const directories: readonly (readonly [path: string, mode?: number])[] = [
  ...["/boot", "/dev", "/etc", "/home", "/media", "/mnt", "/opt", "/proc", "/run", "/srv", "/sys", "/usr"].map(
    (path) => [path] as const,
  ),
  // With the host's network a user namespace has no own /sys, but libvirt still mounts the cgroups below it.
  ["/sys/fs/cgroup"],
  ["/root", 0o700],
  ["/tmp", 0o1777],
  ...["/etc/opt", "/etc/systemd", "/etc/systemd/system"].map((path) => [path] as const),
  ...["", "/backups", "/cache", "/lib", "/lib/misc", "/lib/systemd", "/local", "/log", "/opt", "/spool"].map(
    (path) => [`/var${path}`] as const,
  ),
  ["/var/tmp", 0o1777],
];

// One of these is a folder and the other a link to it; systems differ in which. No package has to list them.
const mailboxes = ["/var/mail", "/var/spool/mail"];

const known = new Set(directories.map(([path]) => path));

/** Whether a directory is shared by all packages, so that listing it makes no package its owner. */
export const isSkeletonDirectory = (path: string): boolean => known.has(path);

/** The directories of an empty system, and the host's links into /usr. */
export function planSkeleton(host: HostTree): readonly ManifestEntry[] {
  return [
    ...directories.map(([path, mode = 0o755]) => freshDirectory(path, mode, reason)),
    freshLink("/var/run", "/run", reason),
    freshLink("/var/lock", "/run/lock", reason),
    ...mailboxes.flatMap((path) => takeFromHost(host, path, reason)),
    ...merged.flatMap((name) => {
      const entry = host.lookUp(`/${name}`);
      return entry?.kind === "link" ? [freshLink(`/${name}`, entry.target, "link into /usr, as on the host")] : [];
    }),
  ];
}
