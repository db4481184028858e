import { readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import type { Conf } from "../../../conf/conf.ts";
import { isAppArmorEnabled, requireAppArmor } from "./apparmor.ts";
import { isSelinuxEnabled, requireEnforcing } from "./selinux.ts";

/** The mandatory access control that confines a sandbox; null with Label=none. */
export type AccessControl = "selinux" | "apparmor" | null;

/** Finds what confines a sandbox with this conf. Throws a SandboxError unless that is in force. */
export function requireControl({ Label: label, UserNamespace: userNamespace }: Walls, host = ownHost): AccessControl {
  const control = findControl(label, host);
  if (control === null && label.kind !== "none")
    throw new SandboxError("neither SELinux nor AppArmor is enabled in the running kernel", {
      hint: "Boot with security=apparmor or security=selinux, or accept a sandbox without this wall: Label=none in the conf's [Security] section",
    });
  if (control === "selinux") host.requireEnforcing();
  if (control === "apparmor") host.requireAppArmor();
  if (control === "apparmor" && !userNamespace)
    throw new SandboxError(
      "AppArmor does not keep sandboxes from each other's files, so it cannot replace the user namespace",
      {
        hint: "Remove UserNamespace=no from the conf's [Security] section, or use SELinux",
      },
    );
  return control;
}

type Walls = Pick<Conf, "Label" | "UserNamespace">;

/** What it asks the kernel. Unit tests replace these. */
export interface ControlHost {
  readonly isSelinuxEnabled: () => boolean;
  readonly isAppArmorEnabled: () => boolean;
  /** Throw a SandboxError unless it is in force. */
  readonly requireEnforcing: () => void;
  readonly requireAppArmor: () => void;
}

const ownHost: ControlHost = { isSelinuxEnabled, isAppArmorEnabled, requireEnforcing, requireAppArmor };

/** Finds what has to confine a sandbox; null with Label=none, and with `dynamic` if the kernel has nothing. */
export function findControl({ kind }: Conf["Label"], host = ownHost): AccessControl {
  if (kind === "none") return null;
  if (kind === "apparmor") return "apparmor";
  if (kind === "selinux" || kind === "static" || host.isSelinuxEnabled()) return "selinux";
  return host.isAppArmorEnabled() ? "apparmor" : null;
}

/** Whether a process has a system call filter. Throws if there is no such process. */
export const isFiltered = (pid: number): boolean => hasFilter(readFileSync(`/proc/${pid}/status`, "utf8"));

/** Parses proc_pid_status(5). */
export const hasFilter = (status: string): boolean => /^Seccomp:\s*2$/m.test(status);
