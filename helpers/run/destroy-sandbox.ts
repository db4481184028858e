import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { statusFile } from "../host/libvirt/domain-files.ts";
import { findController } from "../host/libvirt/find-controller.ts";
import { findProcess, sendSignal } from "../host/process/processes.ts";

/** Ends a sandbox at once, and returns when libvirt no longer knows the domain. */
export async function destroySandbox(name: SandboxName): Promise<void> {
  const controller = findController(name);
  const init = controller && findProcess(controller.initPid);
  // libvirt first sends SIGTERM to PID 1, and waits for seconds if PID 1 ignores that.
  if (init !== undefined) sendSignal(init, 9);
  // A domain that libvirt is still making has no status file yet.
  if (existsSync(statusFile(name)) && (await isForgotten(name, 100))) return;
  const { connectLibvirt } = await import("../host/libvirt/libvirt.ts");
  const libvirt = connectLibvirt();
  await libvirt.destroyDomain(name);
  while (await libvirt.hasDomain(name)) await sleep(10);
}

async function isForgotten(name: SandboxName, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (existsSync(statusFile(name))) {
    if (performance.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}
