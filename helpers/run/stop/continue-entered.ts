import { readFileSync } from "node:fs";
import { join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { findOwnGroup } from "../../host/process/cgroup.ts";
import { type KnownProcess, sendSignal } from "../../host/process/processes.ts";

const SIGCONT = 18;

/** The folder of the control group of a controller and of all that enters its container; undefined if there is none. */
export const findEntryGroup = (controller: KnownProcess): string | undefined =>
  findOwnGroup(orMissing(() => readFileSync(`/proc/${controller.pid}/cgroup`, "utf8")) ?? "");

/**
 * Lets go on what has entered a sandbox from the host and is stopped (SIGSTOP). It has to reap its command: systemd inside
 * waits for that when it halts, and the kernel when PID 1 ends (pid_namespaces(7)).
 */
export function continueEntered(group: string): void {
  const pids = orMissing(() => readFileSync(join(group, "cgroup.procs"), "utf8")) ?? "";
  for (const pid of pids.match(/\d+/g) ?? []) {
    const status = orMissing(() => readFileSync(`/proc/${pid}/status`, "utf8")) ?? "";
    if (isStoppedOutside(status)) sendSignal({ pid: Number(pid) }, SIGCONT);
  }
}

/** Whether a process is stopped, and in no pid namespace below ours, by its proc_pid_status(5). */
export const isStoppedOutside = (status: string): boolean =>
  /^State:\tT /m.test(status) && /^NSpid:\t\d+$/m.test(status);
