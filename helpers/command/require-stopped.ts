import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { Systemd } from "../host/systemd.ts";

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

export const orFreeze = "; or add --running: it is then frozen while its root is copied";
