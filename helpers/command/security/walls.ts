import type { Conf } from "../../../generator/conf/conf.ts";
import type { AccessControl } from "../../host/access-control.ts";
import { AF_PACKET, type FilterPlan } from "../../run/seccomp/plan-filter.ts";

/** A wall around a sandbox in the words of systemd.exec(5): the settings that a unit would need for the same effect. */
export interface Wall {
  readonly name: string;
  readonly directives: readonly string[];
}

const always: readonly Wall[] = [
  {
    name: "a root of its own",
    directives: ["RootDirectory=/var/empty", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes"],
  },
  {
    name: "process, IPC, UTS and cgroup namespaces",
    directives: ["ProtectProc=invisible", "ProtectHostname=yes", "ProtectControlGroups=yes"],
  },
  {
    name: "no devices, kernel settings read-only",
    directives: ["PrivateDevices=yes", "DevicePolicy=closed", "ProtectKernelTunables=yes", "ProtectKernelModules=yes"],
  },
];

// A capability in one's own namespace is not a capability over the host (user_namespaces(7)).
const ids: Wall = {
  name: "ids of its own",
  directives: [
    ...["User=65534", "PrivateUsers=yes", "CapabilityBoundingSet=", "RestrictRealtime=yes"],
    ...["ProtectClock=yes", "ProtectKernelLogs=yes"],
  ],
};
const network: Wall = { name: "a network of its own", directives: ["PrivateNetwork=yes"] };
const selinux: Wall = {
  name: "an SELinux domain and level",
  directives: ["RestrictNamespaces=yes", "KeyringMode=private"],
};
const apparmor: Wall = { name: "an AppArmor profile", directives: ["RestrictNamespaces=yes"] };

// Groups of systemd.exec(5), as far as one of the architectures that we know has their calls.
const groups: Readonly<Record<string, readonly string[]>> = {
  "@clock": ["adjtimex", "clock_adjtime", "clock_settime", "settimeofday"],
  "@cpu-emulation": ["modify_ldt"],
  "@debug": ["lookup_dcookie", "perf_event_open", "pidfd_getfd", "ptrace"],
  "@module": ["delete_module", "finit_module", "init_module"],
  "@mount": ["fsconfig", "fsmount", "fsopen", "fspick", "mount", "mount_setattr", "move_mount", "open_tree", "umount2"],
  "@obsolete": ["_sysctl", "create_module", "query_module", "sysfs", "uselib", "ustat", "vserver"],
  "@raw-io": ["ioperm", "iopl"],
  "@reboot": ["kexec_file_load", "kexec_load", "reboot"],
  "@swap": ["swapoff", "swapon"],
};

function systemCallWall({ denied, families, makesNamespaces }: FilterPlan): Wall {
  const closed = Object.keys(groups).filter((group) => groups[group]?.every((call) => denied.has(call)));
  return {
    name: "a filter of system calls",
    directives: [
      "SystemCallArchitectures=native",
      ...(closed.length === 0 ? [] : [`SystemCallFilter=~${closed.join(" ")}`]),
      ...(families === undefined || families.includes(AF_PACKET)
        ? []
        : ["RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK"]),
      ...(makesNamespaces ? [] : ["RestrictNamespaces=yes"]),
    ],
  };
}

/**
 * Lists the walls of a sandbox with this conf and system call filter, seen from the host. SECURITY.md has what they do
 * beyond systemd's words.
 */
export const listWalls = (
  conf: Pick<Conf, "UserNamespace" | "Network">,
  filter: FilterPlan,
  control: AccessControl,
): readonly Wall[] => [
  ...always,
  systemCallWall(filter),
  ...(conf.UserNamespace ? [ids] : []),
  ...(conf.Network.kind === "host" ? [] : [network]),
  ...(control === null ? [] : [control === "selinux" ? selinux : apparmor]),
];
