import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import type { Conf } from "../../conf/conf.ts";
import { run } from "../host/process/run.ts";
import type { AccessControl } from "../host/walls/access-control.ts";
import { AF_PACKET, type FilterPlan } from "../run/seccomp/plan-filter.ts";

/** The exposure of a unit as systemd-analyze(1), security, counts it: from 0, well protected, to 10. */
export interface Exposure {
  readonly level: number;
  /** The checks that add to it, by name: in tenths of a point, rounded as systemd rounds. */
  readonly checks: ReadonlyMap<string, { readonly description: string; readonly exposure: number }>;
}

/** Lets systemd judge a unit with this text. The text is a separate file, so nothing on the host is looked at. */
export async function analyzeExposure(unit: string, text: string): Promise<Exposure> {
  const folder = await mkdtemp(join(tmpdir(), "sandboxcontainer-"));
  try {
    const file = join(folder, unit);
    await writeFile(file, text);
    const analyze = (...options: readonly string[]): Promise<{ stdout: string }> =>
      run("systemd-analyze", ["security", "--offline=true", "--no-pager", ...options, file]);
    const [table, json] = await Promise.all([analyze(), analyze("--json=short")]);
    return parseExposure(table.stdout, json.stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Check {
  readonly name: string;
  readonly description: string;
  readonly exposure: string | null;
}

// All groups of system calls have the same description.
const tellApart = (name: string, description: string): string => {
  const [, group] = /^SystemCallFilter=~(@.+)$/.exec(name) ?? [];
  return group === undefined ? description : `${description} (${group})`;
};

/**
 * Reads the overall level, which only the table has, and the checks by name from the JSON. Throws a SandboxError for any
 * other output.
 */
export function parseExposure(table: string, json: string): Exposure {
  const checks = parseChecks(json).flatMap(
    ({ name, description, exposure }): [string, { description: string; exposure: number }][] =>
      exposure === null ? [] : [[name, { description: tellApart(name, description), exposure: Number(exposure) }]],
  );
  const level = /^\S* ?Overall exposure level for .*: ([\d.]+)/m.exec(table)?.[1];
  if (level === undefined) throw new SandboxError("systemd-analyze printed no overall exposure level");
  return { level: Number(level), checks: new Map(checks) };
}

function parseChecks(json: string): readonly Check[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value) && value.every(isCheck)) return value;
  throw new SandboxError("systemd-analyze printed no checks that we can read");
}

function isCheck(value: unknown): value is Check {
  if (typeof value !== "object" || value === null) return false;
  const { name, description, exposure } = value as Partial<Record<keyof Check, unknown>>;
  return (
    typeof name === "string" && typeof description === "string" && (exposure === null || typeof exposure === "string")
  );
}

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
