import type { KnownProcess } from "./process-start.ts";

/** Sends a signal like kill(2), including real-time signals. A process that has already ended is fine. */
export function sendSignal({ pid }: Pick<KnownProcess, "pid">, signal: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
