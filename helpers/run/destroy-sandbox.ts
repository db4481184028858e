import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { findController } from "../host/find-controller.ts";
import { statusFile } from "../host/libvirt-files.ts";

/** Ends a sandbox at once, and returns when libvirt no longer knows the domain. */
export async function destroySandbox(name: SandboxName): Promise<void> {
  const controller = findController(name);
  // libvirt first sends SIGTERM to PID 1, and waits for seconds if PID 1 ignores that.
  if (controller !== undefined) kill(controller.initPid);
  // A domain that libvirt is still making has no status file yet.
  if (existsSync(statusFile(name)) && (await isForgotten(name, 100))) return;
  const { connectLibvirt } = await import("../host/libvirt.ts");
  const libvirt = connectLibvirt();
  await libvirt.destroyDomain(name);
  while (await libvirt.hasDomain(name)) await sleep(10);
}

// The process may have ended by itself meanwhile.
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function isForgotten(name: SandboxName, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (existsSync(statusFile(name))) {
    if (performance.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}
