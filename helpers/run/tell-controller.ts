import { readFileSync } from "node:fs";
import { orMissing } from "../host/or-missing.ts";
import { waitUntil } from "../host/wait.ts";

/** What it does to the host; another one in unit tests. */
export interface TellHost {
  /** The text of proc_pid_stat(5); undefined when the process has ended. */
  readonly readStat: (pid: number) => string | undefined;
  readonly tell: (pid: number) => void;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Tells libvirt's controller of a container what it may have missed. libvirt says that a container is there a moment before its controller heeds
 * SIGCHLD. Of a PID 1 that ends in that moment it would never know, and neither would whoever waits for it (virLXCControllerRun() in
 * lxc_controller.c).
 */
export async function tellController(pid: number, host: TellHost = ownHost): Promise<void> {
  const isSettled = (): boolean => {
    const text = host.readStat(pid);
    if (text !== undefined && !heedsChildren(text)) return false;
    // Not for one that has ended.
    if (text !== undefined) host.tell(pid);
    return true;
  };
  await waitUntil(isSettled, { within: 5000, sleep: host.sleep });
}

// SIGCHLD is 17, and the first signal is the lowest bit.
const sigchld = 1 << 16;

/** Whether a process has a handler for SIGCHLD, from proc_pid_stat(5): the caught ones of the first 31 signals are field 34. */
export function heedsChildren(text: string): boolean {
  // A process may call itself anything, with blanks and parentheses: its name ends at the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[31]) & sigchld) !== 0;
}

const ownHost: TellHost = {
  readStat: (pid) => orMissing(() => readFileSync(`/proc/${pid}/stat`, "utf8")),
  tell: (pid) => {
    try {
      process.kill(pid, "SIGCHLD");
    } catch {
      // It has ended.
    }
  },
};
