import { readFileSync } from "node:fs";
import { orMissing } from "../host/or-missing.ts";
import type { KnownProcess } from "../host/process-start.ts";
import { sendSignal } from "../host/send-signal.ts";
import { waitUntil } from "../host/wait.ts";

const sigchld = 17;

/**
 * Tells libvirt's controller what it may have missed. libvirt says that a container is there a moment before its controller heeds SIGCHLD: if PID 1
 * ends in that moment, the controller would never know, and what waits for the controller neither (virLXCControllerRun() in
 * lxc_controller.c).
 */
export async function tellController(
  controller: KnownProcess,
  sleep?: (milliseconds: number) => Promise<unknown>,
): Promise<void> {
  const read = (): string | undefined => orMissing(() => readFileSync(`/proc/${controller.pid}/status`, "utf8"));
  await waitUntil(() => isCatchingChildren(read() ?? "") !== false, { within: 5000, sleep });
  sendSignal(controller, sigchld);
}

/** From proc_pid_status(5): undefined when it says nothing of signals, as the process has ended. */
export function isCatchingChildren(status: string): boolean | undefined {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return caught === undefined ? undefined : ((BigInt(`0x${caught}`) >> BigInt(sigchld - 1)) & 1n) === 1n;
}
