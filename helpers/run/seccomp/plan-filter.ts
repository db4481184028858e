/** What the system call filter of a sandbox says (seccomp(2)). Calls are named as in syscalls(2). */
export interface FilterPlan {
  /** The calls that fail, each with the error that it gives. Calls that neither we nor the kernel know give ENOSYS. */
  readonly denied: ReadonlyMap<string, "EPERM" | "ENOSYS">;
  /**
   * Whether setpriority(2) seems to succeed when it asks for more than the normal priority. That right is the host's
   * alone (user_namespaces(7)), and some services give up without it.
   */
  readonly pretendsPriority: boolean;
  /** Whether clone(2) and unshare(2) may make namespaces. */
  readonly makesNamespaces: boolean;
  /** Address families of socket(2), AF_*. Others give EAFNOSUPPORT, AF_PACKET gives EPERM. Undefined: all. */
  readonly families: readonly number[] | undefined;
  /** Protocols of AF_NETLINK, NETLINK_*. Those of `withRights` give EPERM, others EAFNOSUPPORT. */
  readonly netlink: readonly number[];
  /**
   * Protocols of AF_INET and AF_INET6, IPPROTO_*. Others give EPROTONOSUPPORT, unless the socket is a raw one. For them the
   * kernel would load a module.
   */
  readonly inet: readonly number[];
}

/** One line of SystemCallFilter=, with its groups replaced by their calls. */
export interface FilterLine {
  readonly denies: boolean;
  readonly calls: readonly string[];
}

/** What decides about the filter of a sandbox. */
export interface Wishes {
  /** Whether systemd is PID 1. It mounts, and makes namespaces for its services. */
  readonly units: boolean;
  /** The capabilities that the conf adds, such as `CAP_NET_ADMIN`. */
  readonly added: ReadonlySet<string>;
  readonly lines: readonly FilterLine[];
}

// What no service needs, and what reaches the whole machine or large, rarely used parts of the kernel.
const deniedToAll = `
  kexec_load kexec_file_load init_module finit_module delete_module create_module query_module get_kernel_syms
  bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register add_key request_key keyctl
  open_by_handle_at quotactl quotactl_fd swapon swapoff reboot acct iopl ioperm settimeofday clock_settime
  clock_adjtime adjtimex syslog vhangup fanotify_init fanotify_mark move_pages
  migrate_pages modify_ldt lookup_dcookie nfsservctl _sysctl uselib ustat sysfs afs_syscall tuxcall security vserver
  getpmsg putpmsg epoll_ctl_old epoll_wait_old`;
const deniedToCommands = `
  mount umount2 pivot_root fsopen fsconfig fsmount fspick move_mount open_tree mount_setattr setns ptrace
  process_vm_readv process_vm_writev pidfd_getfd kcmp`;

// By the capability without which the kernel refuses them anyway (capabilities(7)).
const givenWith: Readonly<Record<string, string>> = {
  CAP_DAC_READ_SEARCH: "open_by_handle_at",
  CAP_SYS_ADMIN: `${deniedToCommands} quotactl quotactl_fd fanotify_init fanotify_mark`,
  CAP_SYS_BOOT: "reboot kexec_load kexec_file_load",
  CAP_SYS_MODULE: "init_module finit_module delete_module",
  CAP_SYS_NICE: "move_pages migrate_pages",
  CAP_SYS_PACCT: "acct",
  CAP_SYS_PTRACE: "ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp",
  CAP_SYS_RAWIO: "iopl ioperm",
  CAP_SYS_TIME: "settimeofday clock_settime clock_adjtime adjtimex",
  CAP_SYS_TTY_CONFIG: "vhangup",
  CAP_SYSLOG: "syslog",
};

const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
const AF_KEY = 15;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;

// Internet protocols: IP (the usual one of a type), ICMP, TCP, UDP, ICMPv6, UDP-Lite, Multipath TCP.
const usualProtocols: readonly number[] = [0, 1, 6, 17, 58, 136, 262];

const NETLINK_ROUTE = 0;
const NETLINK_SOCK_DIAG = 4;
const NETLINK_XFRM = 6;
const NETLINK_NETFILTER = 12;
const NETLINK_GENERIC = 16;
/** Protocols of AF_NETLINK that are only for those who may change the network. To others, that is what to say. */
export const withRights: readonly number[] = [NETLINK_XFRM, NETLINK_NETFILTER, NETLINK_GENERIC];

const split = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Plans the filter of a sandbox. A later line of SystemCallFilter= counts more than an earlier one. */
export function planFilter({ units, added, lines }: Wishes): FilterPlan {
  const denied = new Map<string, "EPERM" | "ENOSYS">(
    split(units ? deniedToAll : deniedToAll + deniedToCommands).map((call) => [call, "EPERM"]),
  );
  // Its flags are in memory, where no filter sees them. The C library then uses clone(2).
  let makesNamespaces = units || added.has("CAP_SYS_ADMIN");
  if (!makesNamespaces) denied.set("clone3", "ENOSYS");
  for (const capability of added) for (const call of split(givenWith[capability] ?? "")) denied.delete(call);
  let allFamilies = false;
  for (const { denies, calls } of lines) {
    for (const call of calls) {
      if (denies) denied.set(call, "EPERM");
      else denied.delete(call);
      if (call === "unshare" || call === "clone") makesNamespaces ||= !denies;
      if (call === "socket") allFamilies = !denies;
    }
  }
  const hasNetwork = added.has("CAP_NET_ADMIN");
  return {
    denied,
    pretendsPriority: !denied.has("setpriority") && !added.has("CAP_SYS_NICE"),
    makesNamespaces,
    families: allFamilies
      ? undefined
      : [
          ...[AF_UNIX, AF_INET, AF_INET6, AF_NETLINK],
          ...(hasNetwork ? [AF_KEY] : []),
          ...(hasNetwork || added.has("CAP_NET_RAW") ? [AF_PACKET] : []),
        ],
    netlink: [...[NETLINK_ROUTE, NETLINK_SOCK_DIAG], ...(hasNetwork ? withRights : [])],
    inet: usualProtocols,
  };
}
