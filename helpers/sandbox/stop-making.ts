import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Systemd } from "../host/systemd/systemd.ts";

/**
 * Ends the jobs that make the root and the image of a sandbox. systemd goes on with them if the command that wanted
 * them is killed, and they would write into a state that is being removed. The conf must be gone by now, so that
 * nothing begins them again.
 */
export async function stopMaking(systemd: Systemd, name: SandboxName): Promise<void> {
  for (const step of ["root", "image"]) await systemd.runJob("StopUnit", `sandbox-${step}@${name}.service`);
}
