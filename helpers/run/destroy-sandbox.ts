import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { findController } from "../host/find-controller.ts";

/** Ends a sandbox at once, and returns when libvirt does not know the domain any more. */
export async function destroySandbox(name: SandboxName): Promise<void> {
  const controller = findController(name);
  // libvirt asks PID 1 with SIGTERM first, and waits for seconds when that is ignored.
  if (controller !== undefined) kill(controller.initPid);
  // Of one that libvirt is still making there is no status file yet.
  if (existsSync(statusFile(name)) && (await isForgotten(name, 100))) return;
  const { connectLibvirt } = await import("../host/libvirt.ts");
  const libvirt = connectLibvirt();
  await libvirt.destroyDomain(name);
  while (await libvirt.hasDomain(name)) await sleep(10);
}

// It may have ended by itself since we looked.
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

// libvirtd removes it when it forgets the domain.
const statusFile = (name: SandboxName): string => `/run/libvirt/lxc/${name}.xml`;

async function isForgotten(name: SandboxName, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (existsSync(statusFile(name))) {
    if (performance.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}
