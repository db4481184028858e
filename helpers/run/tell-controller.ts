import { readFileSync } from "node:fs";
import { orMissing } from "../../base/files.ts";
import { waitUntil } from "../../base/wait.ts";

/** Its actions on the host. Unit tests replace them. */
export interface TellHost {
  /** The text of proc_pid_stat(5); undefined if the process has ended. */
  readonly readStat: (pid: number) => string | undefined;
  readonly tell: (pid: number) => void;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Tells libvirt's controller of a container that its child may have ended. libvirt announces a container a moment
 * before its controller heeds SIGCHLD. If PID 1 ends in that moment, the controller never learns of it, and neither
 * does anyone who waits for it (virLXCControllerRun() in lxc_controller.c).
 */
export async function tellController(pid: number, host: TellHost = ownHost): Promise<void> {
  const isSettled = (): boolean => {
    const text = host.readStat(pid);
    if (text !== undefined && !heedsChildren(text)) return false;
    // A process that has ended gets no signal.
    if (text !== undefined) host.tell(pid);
    return true;
  };
  await waitUntil(isSettled, { within: 5000, sleep: host.sleep });
}

// SIGCHLD is 17, and the lowest bit is the first signal.
const sigchld = 1 << 16;

/**
 * Whether a process has a handler for SIGCHLD, from proc_pid_stat(5): field 34 holds the caught ones of the first 31
 * signals.
 */
export function heedsChildren(text: string): boolean {
  // A process can choose any name, even with blanks and parentheses. The name ends at the last parenthesis.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[31]) & sigchld) !== 0;
}

const ownHost: TellHost = {
  readStat: (pid) => orMissing(() => readFileSync(`/proc/${pid}/stat`, "utf8")),
  tell: (pid) => {
    try {
      process.kill(pid, "SIGCHLD");
    } catch {
      // The process has ended.
    }
  },
};
