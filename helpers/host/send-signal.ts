import type { KnownProcess } from "./process-start.ts";

/** kill(2), also for real-time signals; a process that has ended is fine. */
export function sendSignal({ pid }: KnownProcess, signal: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
