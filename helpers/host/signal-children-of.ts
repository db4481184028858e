import { readIfPossible } from "./read-if-there.ts";

/** Sends a signal to all children of a process. While it has none, the process itself gets it. */
export function signalChildrenOf(pid: number | undefined, signal: "SIGTERM" | "SIGHUP"): void {
  if (pid === undefined) return;
  const children = readChildren(pid);
  for (const each of children.length === 0 ? [pid] : children.map(Number)) {
    try {
      process.kill(each, signal);
    } catch (error) {
      // It has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

// A signal handler is nowhere caught. Without descriptors the process itself gets the signal.
function readChildren(pid: number): readonly string[] {
  try {
    return (readIfPossible(`/proc/${pid}/task/${pid}/children`) ?? "").split(" ").filter(Boolean);
  } catch {
    return [];
  }
}
