import { readFileSync } from "node:fs";
import { orMissing } from "./or-missing.ts";

/** A process and its start time. Its number alone may have passed to another process. */
export interface KnownProcess {
  readonly pid: number;
  /** Clock ticks since the boot (proc_pid_stat(5), field 22). */
  readonly began: string;
}

/**
 * Reads when a process began; undefined if no process has that number, or if it has ended and nobody has waited for it
 * yet.
 */
export function readStart(pid: number): string | undefined {
  const text = orMissing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return text === undefined ? undefined : parseStart(text);
}

/** Parses proc_pid_stat(5). */
export function parseStart(text: string): string | undefined {
  // A process can choose any name, even with newlines and parentheses. The name ends at the last parenthesis.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "Z"] = fields;
  return state === "Z" || state === "X" ? undefined : fields[19];
}

/** Finds the process that has a number now. */
export function findProcess(pid: number): KnownProcess | undefined {
  const began = readStart(pid);
  return began === undefined ? undefined : { pid, began };
}

/** The start time of this process. */
export const ownStart = (): string => readStart(process.pid) ?? "0";

/** Whether the process with this number and start time still runs. */
export const isSameProcess = (pid: number, began: string): boolean => readStart(pid) === began;

/** The same for a recorded process. */
export const isRunning = (known: KnownProcess): boolean => isSameProcess(known.pid, known.began);
