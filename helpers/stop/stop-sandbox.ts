import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import { joinOwnCgroup } from "../join-cgroup.ts";
import { findController, waitForEnd } from "../controller.ts";

// Halts systemd as PID 1 (systemd(1), SIGNALS); inside/init takes it for SIGTERM. Beyond Node's names for signals.
const SIGRTMIN_PLUS_3 = 37;

/**
 * Ends a sandbox and returns when libvirt does not know the domain any more. `gracefully` waits as long as it takes:
 * systemd ends the waiting after TimeoutStopSec=, and detach then comes with `now`.
 */
export async function stopSandbox(name: SandboxName, how: "gracefully" | "now"): Promise<void> {
  const controller = findController(name);
  if (controller !== undefined && how === "gracefully") {
    // At the controller's end libvirt empties the container's cgroup and sleeps 0.2 s for each look that finds somebody
    // there: mostly the controller itself, on its way out.
    joinOwnCgroup(controller.pid);
    signal(controller.initPid, SIGRTMIN_PLUS_3);
    await waitForEnd(controller.pid);
  }
  // libvirt asks PID 1 with SIGTERM first, and waits for seconds when that is ignored.
  if (controller !== undefined && how === "now") signal(controller.initPid, "SIGKILL");
  if (!(await isForgotten(name, controller === undefined || how === "now" ? 100 : 500))) {
    // Only now: a healthy stop does without libvirt.
    const { connectLibvirt } = await import("../libvirt.ts");
    const libvirt = connectLibvirt();
    await libvirt.destroyDomain(name);
    while (await libvirt.hasDomain(name)) await sleep(10);
  }
}

// It may have ended by itself since we looked.
function signal(pid: number, signal: number | NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

// libvirtd removes the status file of a domain when it forgets it; the pid file is the controller's own.
async function isForgotten(name: SandboxName, milliseconds: number): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (existsSync(`/run/libvirt/lxc/${name}.xml`)) {
    if (performance.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}
