import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { findController } from "../host/find-controller.ts";
import { connectSystemd, type Systemd } from "../host/systemd.ts";

/** Whether a sandbox runs, or is on its way up or down. */
export async function isActive(systemd: Systemd, name: SandboxName): Promise<boolean> {
  const { ActiveState: state } = await systemd.readUnit(`sandbox@${name}.service`);
  return state !== "inactive" && state !== "failed";
}

/** Throws a SandboxError when a sandbox runs; `hint` says what else to do than to stop it. */
export async function requireStopped(systemd: Systemd, name: SandboxName, hint = ""): Promise<void> {
  if (!(await isActive(systemd, name))) return;
  throw new SandboxError(`sandbox ${name} is running`, {
    hint: `Stop it first: systemctl stop sandbox@${name}${hint}`,
  });
}

/** For `requireStopped`, where a verb has an option to copy what runs. */
export const orFreeze = "; or add --running: it is then frozen while its root is copied";

/**
 * Throws a SandboxError while something of a sandbox runs, or its root is being made. Once sandbox-upgrade@ is under way,
 * systemd keeps all of these waiting for its end (Before=).
 */
export async function requireAllStopped(name: SandboxName): Promise<void> {
  using systemd = await connectSystemd();
  if (!(await areAllStopped(systemd, name))) throw describeRunning(name);
}

export const describeRunning = (name: SandboxName): SandboxError =>
  new SandboxError(`sandbox ${name} is running: its root is changed only while nothing of it runs`, {
    hint: `Stop it first, or have it stopped and started again: sandboxcontainer upgrade --restart ${name}`,
  });

/** Whether nothing of a sandbox runs: it, what makes its root, and what configures its packages. */
export async function areAllStopped(systemd: Systemd, name: SandboxName): Promise<boolean> {
  const units = ["sandbox", "sandbox-root", "sandbox-configure"].map((kind) => `${kind}@${name}.service`);
  const states = await Promise.all(units.map(async (unit) => (await systemd.readUnit(unit))["ActiveState"]));
  return states.every((state) => state === "inactive" || state === "failed") && findController(name) === undefined;
}
