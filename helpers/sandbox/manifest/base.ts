import type { ManifestEntry } from "./entry.ts";
import { freshLink, textFile } from "./entry.ts";
import { isWorldReadable, takeFromHost } from "./from-host.ts";
import { walkTree, type HostTree } from "../../host/host-tree.ts";

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
