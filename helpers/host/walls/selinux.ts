import { readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import type { Conf } from "../../../conf/conf.ts";

/** The SELinux mode of the running kernel. */
function readMode(): "enforcing" | "permissive" | "disabled" {
  try {
    return readFileSync("/sys/fs/selinux/enforce", "utf8").trim() === "1" ? "enforcing" : "permissive";
  } catch {
    return "disabled";
  }
}

/** Whether the running kernel has SELinux, enforcing or not. */
export const isSelinuxEnabled = (): boolean => readMode() !== "disabled";

/**
 * Throws a SandboxError unless SELinux is enforcing. The label is a wall; we refuse to start a sandbox rather than
 * weaken it.
 */
export function requireEnforcing(): void {
  const mode = readMode();
  if (mode === "enforcing") return;
  throw new SandboxError(
    mode === "disabled"
      ? "SELinux is not enabled in the running kernel"
      : "SELinux is permissive: its rules are not enforced",
    {
      hint:
        mode === "disabled"
          ? "Boot with security=selinux, or accept a sandbox without this wall: Label=none in the conf's [Security] section"
          : "Run `setenforce 1`, or accept a sandbox without this wall: Label=none in the conf's [Security] section",
    },
  );
}

// The types of our policy module (policy/sandboxcontainer.te).
const processTypes = {
  units: "sandboxcontainer_init_t",
  command: "sandboxcontainer_command_t",
  networkUnits: "sandboxcontainer_network_init_t",
  networkCommand: "sandboxcontainer_network_command_t",
  none: "sandboxcontainer_none_t",
} as const;
// What systemd starts in the domains of units.
const serviceTypes: ReadonlyMap<string, string> = new Map([
  [processTypes.units, "sandboxcontainer_t"],
  [processTypes.networkUnits, "sandboxcontainer_network_t"],
]);
const contentType = "sandboxcontainer_file_t";

type Walls = Pick<Conf, "Label" | "UserNamespace">;

/**
 * The context of a sandbox's processes; null if the kernel has no SELinux or not our policy, and Label=none needs no
 * context. Throws if a label is wanted but not possible. `hasNetworkRights`: it has rights over a network of its own.
 */
export function processContext(
  conf: Walls & Pick<Conf, "Exec">,
  level: string | undefined,
  hasNetworkRights: boolean,
): string | null {
  if (hasNetworkRights) return contextOf(conf, conf.Exec === undefined ? "networkUnits" : "networkCommand", level);
  return contextOf(conf, conf.Exec === undefined ? "units" : "command", level);
}

/** The context of a service beside a PID 1 with this context. Only systemd has another one than its services. */
export function serviceContext(context: string): string {
  const [user = "", role = "", type = "", ...level] = context.split(":");
  return [user, role, serviceTypes.get(type) ?? type, ...level].join(":");
}

/** The context of a single command in the sandbox's tree. */
export const commandContext = (conf: Walls, level: string | undefined): string | null =>
  contextOf(conf, "command", level);

function contextOf(
  { Label: label, UserNamespace: userNamespace }: Walls,
  kind: keyof typeof processTypes,
  level: string | undefined,
): string | null {
  if (label.kind === "none") return contextWithoutWall(userNamespace, level);
  requireEnforcing();
  if (label.kind === "static") return requireKnown(label.label);
  if (level === undefined)
    throw new SandboxError("the sandbox has no level yet", { hint: "Run its sandbox-root@ unit again" });
  const template = label.kind === "selinux" ? label.context : undefined;
  return requireKnown(withLevel(template ?? `system_u:system_r:${processTypes[kind]}:s0`, level));
}

// Under SELinux every process has a domain; without a label of ours it would be libvirt's own, with libvirt's rights.
// This domain checks only who owns a file, so it has no capability on the host.
function contextWithoutWall(userNamespace: boolean, level: string | undefined): string | null {
  if (level === undefined || !isPolicyLoaded()) return null;
  if (userNamespace) return withLevel(`system_u:system_r:${processTypes.none}:s0`, level);
  throw new SandboxError("Label=none and UserNamespace=no together leave no wall around the sandbox", {
    hint: "Remove one of them from the conf's [Security] section",
  });
}

/** Whether the kernel has SELinux, enforcing or not, and knows our types. */
export const isPolicyLoaded = (): boolean => isSelinuxEnabled() && isKnown(`system_u:object_r:${contentType}:s0`);

/**
 * The context of everything that a sandbox may write; `type` replaces our own type. Throws if the policy does not know
 * it.
 */
export function contentContext(type: string | undefined, level: string): string {
  return requireKnown(`system_u:object_r:${type ?? contentType}:${level}`);
}

/** Takes `user:role:type` from a context and adds another level. */
const withLevel = (context: string, level: string): string => [...context.split(":").slice(0, 3), level].join(":");

// The kernel accepts a context only if the active policy knows it. This is the shortest way to check that our module is
// loaded, whatever package or person loaded it (selinuxfs, security_check_context(3)).
function isKnown(context: string): boolean {
  try {
    writeFile("/sys/fs/selinux/context", context, { flag: "r+" });
    return true;
  } catch {
    return false;
  }
}

function requireKnown(context: string): string {
  if (isKnown(context)) return context;
  throw new SandboxError(`the SELinux policy in force does not know ${context}`, {
    hint: context.includes(":sandboxcontainer_")
      ? "Load the policy of sandboxcontainer: semodule -i /usr/share/selinux/packages/sandboxcontainer*"
      : "See Label= and FileType= in the conf's [Security] section",
  });
}
