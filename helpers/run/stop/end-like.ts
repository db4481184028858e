import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";
import { setLimit } from "../../host/process/processes.ts";
import { endProcess } from "../../host/process/run-helper.ts";
import { type Ending, isClean } from "../ending.ts";

// Milliseconds until a signal must have ended this process.
const timeout = 500;

/**
 * Ends this process the way the service ended, so that Restart=, OnFailure= and `systemctl status` see the same as
 * without a container. An ending that systemd counts as clean is a success.
 */
export async function endLike(ending: Ending | undefined): Promise<void> {
  if (ending === undefined || isClean(ending)) return;
  if (ending.kind === "exited") return endProcess(ending.status);
  // This process did not crash, so it writes no core file.
  setLimit("core", { soft: 0, hard: 0 });
  restoreDefault(ending.signal);
  process.kill(process.pid, ending.signal);
  // The threads of this process may use it, as glibc uses 32 and 33.
  await setTimeout(timeout);
  return endProcess(128 + ending.signal);
}

// Node and Bun ignore SIGXFSZ, and Node waits for a debugger after SIGUSR1 (--disable-sigusr1 blocks it). When the last
// listener is removed, both give the signal its default action.
function restoreDefault(signal: number): void {
  const name = Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] as
    NodeJS.Signals | undefined;
  const listener = (): void => undefined;
  try {
    if (name !== undefined) process.on(name, listener).off(name, listener);
  } catch {
    // No process can listen to SIGKILL.
  }
}
