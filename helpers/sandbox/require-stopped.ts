import { SandboxError } from "../../base/errors.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { findController } from "../host/libvirt/find-controller.ts";
import { connectSystemd, type Systemd } from "../host/systemd/systemd.ts";

/** Whether a sandbox runs, starts or stops. */
export async function isActive(systemd: Systemd, name: SandboxName): Promise<boolean> {
  const { ActiveState: state } = await systemd.readUnit(`sandbox@${name}.service`);
  return state !== "inactive" && state !== "failed";
}

/** Throws a SandboxError if a sandbox runs, or its root is being made; `hint` names an alternative to stopping it. */
export async function requireStopped(systemd: Systemd, name: SandboxName, hint = ""): Promise<void> {
  if (!(await isActive(systemd, name))) return requireRootAtRest(systemd, name);
  throw new SandboxError(`sandbox ${name} is running`, {
    hint: `Stop it first: systemctl stop sandbox@${name}${hint}`,
  });
}

/**
 * Throws a SandboxError while a sandbox starts, because what starts cannot be frozen yet, and while its root is being made,
 * also if a stop has ended the start that wanted it. While a command holds the sandbox, nothing begins it again.
 */
export async function requireRootAtRest(systemd: Systemd, name: SandboxName): Promise<void> {
  for (const [unit, what, otherwise] of [
    [`sandbox-root@${name}.service`, `the root of ${name} is being made`, ""],
    [`sandbox@${name}.service`, `sandbox ${name} is starting`, `, or stop it: systemctl stop sandbox@${name}`],
  ] as const)
    if ((await systemd.readUnit(unit))["ActiveState"] === "activating")
      throw new SandboxError(what, { hint: `Try again when that has ended${otherwise}. See systemctl status ${unit}` });
}

/** For `requireStopped`, if a verb has an option to copy a running sandbox. */
export const orFreeze = "; or add --running, which freezes it while its root is copied";

/**
 * Throws a SandboxError while any part of a sandbox runs, or its root is being made. Once sandbox-upgrade@ has begun,
 * systemd makes all of these wait until it ends (Before=).
 */
export async function requireAllStopped(name: SandboxName): Promise<void> {
  using systemd = await connectSystemd();
  if (!(await areAllStopped(systemd, name))) throw describeRunning(name);
}

export const describeRunning = (name: SandboxName, verb: "upgrade" | "revert" = "upgrade"): SandboxError =>
  new SandboxError(`sandbox ${name} is running: its root can only be changed while all of it is stopped`, {
    hint: `Stop it first, or let ${verb} restart it: sandboxcontainer ${verb} --restart ${name}${verb === "revert" ? " PATH" : ""}`,
  });

/** Whether no part of a sandbox runs: neither itself, nor what makes its root, nor what configures its packages. */
export async function areAllStopped(systemd: Systemd, name: SandboxName): Promise<boolean> {
  const units = ["sandbox", "sandbox-root", "sandbox-configure"].map((kind) => `${kind}@${name}.service`);
  const states = await Promise.all(units.map(async (unit) => (await systemd.readUnit(unit))["ActiveState"]));
  return states.every((state) => state === "inactive" || state === "failed") && findController(name) === undefined;
}
