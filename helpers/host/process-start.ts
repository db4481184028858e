import { readFileSync } from "node:fs";
import { orMissing } from "./or-missing.ts";

/** When a process began, in clock ticks since the boot (proc_pid_stat(5), field 22); undefined when there is none of that number. */
export function readStart(pid: number): string | undefined {
  const text = orMissing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // What it calls itself may hold anything but the last parenthesis.
  return text?.slice(text.lastIndexOf(")") + 2).split(" ")[19];
}

/** Our own. */
export const ownStart = (): string => readStart(process.pid) ?? "0";

/** Whether the process that had this number, and began then, still runs: another one may have the number by now. */
export const isSameProcess = (pid: number, began: string): boolean => readStart(pid) === began;
