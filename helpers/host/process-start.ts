import { readFileSync } from "node:fs";
import { orMissing } from "./or-missing.ts";

/** A process, and when it began: its number alone may be another process's by now. */
export interface KnownProcess {
  readonly pid: number;
  /** Clock ticks since the boot (proc_pid_stat(5), field 22). */
  readonly began: string;
}

/** When a process began; undefined when none has that number, or when it has ended and nobody has waited for it yet. */
export function readStart(pid: number): string | undefined {
  const text = orMissing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return text === undefined ? undefined : parseStart(text);
}

/** From proc_pid_stat(5). */
export function parseStart(text: string): string | undefined {
  // A process may call itself anything, with newlines and parentheses: its name ends at the last one.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "Z"] = fields;
  return state === "Z" || state === "X" ? undefined : fields[19];
}

/** The process that has a number now. */
export function findProcess(pid: number): KnownProcess | undefined {
  const began = readStart(pid);
  return began === undefined ? undefined : { pid, began };
}

/** Our own. */
export const ownStart = (): string => readStart(process.pid) ?? "0";

/** Whether the process that had this number, and began then, still runs. */
export const isSameProcess = (pid: number, began: string): boolean => readStart(pid) === began;

/** The same for one that is written down. */
export const isRunning = (known: KnownProcess): boolean => isSameProcess(known.pid, known.began);
