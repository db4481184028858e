import { join, relative } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import { CAP_SETPCAP, CAP_SYS_CHROOT, type CapabilityMask, hasCapability } from "../../host/capabilities.ts";

const capabilities = Array.from({ length: 64 }, (_, capability) => capability);

/** The parameters of a process that enters a container. */
export interface Entry {
  readonly initPid: number;
  /** The capabilities that PID 1 can have. */
  readonly bound: CapabilityMask;
  /** The system call filter of PID 1, for inside/filter; undefined if PID 1 has none. */
  readonly filter: string | undefined;
  /** The SELinux context of PID 1; undefined without SELinux. */
  readonly context: string | undefined;
  /** The AppArmor profile of the command; undefined without AppArmor. */
  readonly profile: string | undefined;
  /** TERM of the command. */
  readonly term: string;
  /** The words of inside/run, which looks up the user and the folder, because only the sandbox knows them. */
  readonly words: readonly string[];
}

/**
 * Returns the command that enters the namespaces of PID 1 and gives up what PID 1 cannot have. A process that enters a
 * user namespace has all rights over it at first. Until it gives them up, it may load nothing that root inside can
 * write: neither through /etc/ld.so.preload nor from /lib64, which are in the tree. So its root is the sandbox's /usr
 * for a moment; a loader and libraries are at their places there too.
 *
 * (virsh lxc-enter-namespace enters a user namespace as nobody, and fails if PID 1 is systemd on cgroup v2.)
 */
export function renderEntry({ initPid, bound, filter, context, profile, term, words }: Entry): readonly string[] {
  return [
    ...["nsenter", "--target", String(initPid), "--all"],
    ...["--setuid", "0", "--setgid", "0", `--root=/proc/${initPid}/root/usr`, `--wd=/proc/${initPid}/root`, "--"],
    // While it has all rights, so that the kernel does not want no_new_privs first (seccomp(2)). In the sandbox's context
    // nobody may load a filter without that, so the loader changes to it last.
    join("/", relative("/usr", helperDirectory), "inside/filter"),
    ...(context === undefined ? [] : ["--context", context]),
    ...(profile === undefined ? [] : ["--profile", profile]),
    filter ?? "-",
    ...giveUpRights(bound),
    ...["/usr/bin/env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"],
    ...["HOME=/root", "USER=root", "LOGNAME=root", "LANG=C.UTF-8", `TERM=${term}`],
    ...[join(helperDirectory, "inside/run"), ...words],
  ];
}

function giveUpRights(bound: CapabilityMask): readonly string[] {
  const bounds = ["-all", ...capabilities.filter((one) => hasCapability(bound, one)).map(addition)];
  const setpriv = (path: string, set: readonly string[]): readonly string[] => [
    ...[path, "--bounding-set", set.join(","), "--inh-caps=-all", "--"],
  ];
  const chroot = ["/sbin/chroot", "."];
  if (hasCapability(bound, CAP_SYS_CHROOT)) return [...setpriv("/bin/setpriv", bounds), ...chroot];
  // PID 1 has no right to chroot(2). So that right is given up after the chroot, for which CAP_SETPCAP is needed.
  const forChroot = [...bounds, ...[CAP_SETPCAP, CAP_SYS_CHROOT].map(addition)];
  return [...setpriv("/bin/setpriv", forChroot), ...chroot, ...setpriv("/usr/bin/setpriv", bounds)];
}

const addition = (capability: number): string => `+cap_${capability}`;
