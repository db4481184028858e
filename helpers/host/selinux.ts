import { readFileSync, writeFileSync } from "node:fs";
import type { Conf } from "../../generator/conf/conf.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";

/** The mode of the running kernel. */
function readMode(): "enforcing" | "permissive" | "disabled" {
  try {
    return readFileSync("/sys/fs/selinux/enforce", "utf8").trim() === "1" ? "enforcing" : "permissive";
  } catch {
    return "disabled";
  }
}

/** Throws a SandboxError unless SELinux is enforcing: the label is a wall, and a sandbox is refused rather than weakened. */
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
  none: "sandboxcontainer_none_t",
} as const;
const contentType = "sandboxcontainer_file_t";

type Walls = Pick<Conf, "Label" | "UserNamespace">;

/**
 * The context of a sandbox's processes; null when the kernel has no SELinux, or not our policy, and Label=none needs none.
 * Throws where a label is wanted and cannot be had.
 */
export const processContext = (conf: Walls & Pick<Conf, "Exec">, level: string | undefined): string | null =>
  contextOf(conf, conf.Exec === undefined ? "units" : "command", level);

/** The context of a single command in its tree. */
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
  return requireKnown(withLevel(label.context ?? `system_u:system_r:${processTypes[kind]}:s0`, level));
}

// Under SELinux every process has some domain: libvirt's own, and its rights, unless it is told another. This one asks nothing
// of a file but who owns it, so it has no capability on the host.
function contextWithoutWall(userNamespace: boolean, level: string | undefined): string | null {
  if (level === undefined || !isPolicyLoaded()) return null;
  if (userNamespace) return withLevel(`system_u:system_r:${processTypes.none}:s0`, level);
  throw new SandboxError("Label=none and UserNamespace=no together leave no wall around the sandbox", {
    hint: "Take one of them out of the conf's [Security] section",
  });
}

/** Whether the kernel has SELinux, enforcing or not, and knows our types. */
export const isPolicyLoaded = (): boolean =>
  readMode() !== "disabled" && isKnown(`system_u:object_r:${contentType}:s0`);

/** The context of all that a sandbox may write; `type` in place of our own. Throws when the policy does not know it. */
export function contentContext(type: string | undefined, level: string): string {
  return requireKnown(`system_u:object_r:${type ?? contentType}:${level}`);
}

/** `user:role:type` of a context with another level. */
const withLevel = (context: string, level: string): string => [...context.split(":").slice(0, 3), level].join(":");

// The kernel takes a context for an answer when the policy in force knows it: the shortest way to learn whether our module
// is loaded, whatever package or person did it (selinuxfs, security_check_context(3)).
function isKnown(context: string): boolean {
  try {
    writeFileSync("/sys/fs/selinux/context", context, { flag: "r+" });
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
