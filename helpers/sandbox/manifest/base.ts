import { type HostTree, walkTree } from "../../host/files/host-tree.ts";
import { freshDirectory, freshLink, isWorldReadable, type ManifestEntry, takeFromHost, textFile } from "./entry.ts";

/**
 * Paths in /etc that any program may look for, whatever package they come from. A directory includes everything below
 * it.
 */
const basePaths = [
  // Names and networks.
  ...["nsswitch.conf", "host.conf", "gai.conf", "services", "protocols", "networks", "ethers", "rpc"],
  // Time and language.
  ...["localtime", "timezone", "adjtime", "locale.conf", "locale.alias", "default/locale"],
  // The dynamic linker, and the names of commands.
  ...["ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld.so.preload", "alternatives"],
  // Certificates of public authorities.
  ...[
    "ssl/certs",
    "ssl/openssl.cnf",
    "ca-certificates.conf",
    "pki/tls/certs",
    "pki/tls/openssl.cnf",
    "pki/ca-trust/extracted",
    "crypto-policies",
  ],
  // Sessions and shells.
  ...[
    "pam.conf",
    "pam.d",
    "security",
    "login.defs",
    "shells",
    "environment",
    "profile",
    "profile.d",
    "bash.bashrc",
    "bashrc",
    "inputrc",
    "skel",
    "terminfo",
  ],
  // The identity of the system.
  ...[
    "debian_version",
    "redhat-release",
    "system-release",
    "fedora-release",
    "os-release",
    "issue",
    "issue.net",
    "mime.types",
  ],
] as const;

/** Whether any program may look for a path, or for a folder above it. */
export const isBasePath = (path: string): boolean =>
  basePaths.some((name) => path === `/etc/${name}` || path.startsWith(`/etc/${name}/`));

const reason = "programs of any package may look for it";

/** The host's common files in /etc that everybody may read. */
export function planBase(host: HostTree): readonly ManifestEntry[] {
  return basePaths.flatMap((name) => {
    const path = `/etc/${name}`;
    const all = host.lookUp(path)?.kind === "directory" ? [path, ...walkTree(host, path)] : [path];
    return all.filter((each) => isWorldReadable(host, each)).flatMap((each) => takeFromHost(host, each, reason));
  });
}

/** Files in /etc that belong to the sandbox itself and would be wrong if they came from the host. */
export function planIdentity(sandbox: string, machineId: string): readonly ManifestEntry[] {
  const hosts = `127.0.0.1\tlocalhost\n127.0.1.1\t${sandbox}\n::1\tlocalhost ip6-localhost ip6-loopback\n`;
  return [
    textFile("/etc/machine-id", `${machineId}\n`, "identity of the sandbox", 0o444),
    textFile("/etc/hostname", `${sandbox}\n`, "name of the sandbox"),
    textFile("/etc/hosts", hosts, "name of the sandbox"),
    freshLink("/etc/resolv.conf", "../run/host/resolv.conf", "name servers of the network"),
    textFile("/etc/fstab", "", "nothing to mount"),
    freshLink("/etc/mtab", "../proc/self/mounts", "mounts of the sandbox"),
  ];
}

const ofEverySystem = "every system has it";
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
    ...directories.map(([path, mode = 0o755]) => freshDirectory(path, mode, ofEverySystem)),
    freshLink("/var/run", "/run", ofEverySystem),
    freshLink("/var/lock", "/run/lock", ofEverySystem),
    ...mailboxes.flatMap((path) => takeFromHost(host, path, ofEverySystem)),
    ...merged.flatMap((name) => {
      const entry = host.lookUp(`/${name}`);
      return entry?.kind === "link" ? [freshLink(`/${name}`, entry.target, "link into /usr, as on the host")] : [];
    }),
  ];
}
