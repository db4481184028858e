import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findController } from "../../host/find-controller.ts";
import { connectSystemd, type Systemd } from "../../host/systemd.ts";

/**
 * Throws a SandboxError while something of a sandbox runs, or its root is being made. Once sandbox-upgrade@ is under way,
 * systemd keeps all of these waiting for its end (Before=).
 */
export async function requireStopped(name: SandboxName): Promise<void> {
  const systemd = await connectSystemd();
  try {
    if (!(await isStopped(systemd, name))) throw describeRunning(name);
  } finally {
    systemd.close();
  }
}

export const describeRunning = (name: SandboxName): SandboxError =>
  new SandboxError(`sandbox ${name} is running: its root is changed only while nothing of it runs`, {
    hint: `Stop it first, or have it stopped and started again: sandboxcontainer upgrade --restart ${name}`,
  });

export async function isStopped(systemd: Systemd, name: SandboxName): Promise<boolean> {
  const units = ["sandbox", "sandbox-root", "sandbox-configure"].map((kind) => `${kind}@${name}.service`);
  const states = await Promise.all(units.map(async (unit) => (await systemd.readUnit(unit))["ActiveState"]));
  return states.every((state) => state === "inactive" || state === "failed") && findController(name) === undefined;
}
