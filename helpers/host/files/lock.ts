import { closeSync, openSync } from "node:fs";
import { attempt } from "../process/calls.ts";
import { runQuick } from "../process/run-quick.ts";

/** A lock of flock(2). */
export interface Lock {
  /** False if somebody else kept the lock too long. */
  readonly isTaken: boolean;
  readonly release: () => void;
}

/**
 * Waits at most `seconds` for the lock of a file, and makes the file if necessary. The lock is also released when this
 * process ends.
 */
export async function takeLock(path: string, seconds: number): Promise<Lock> {
  const file = openSync(path, "a", 0o600);
  return {
    isTaken: attempt(`flock: ${path}`, (calls) => calls.tryLock(file)) || (await waitForLock(file, seconds)),
    release: () => {
      closeSync(file);
    },
  };
}

// A child waits, in the queue of the kernel. A lock belongs to the open file description, which we share with the child
// (flock(2)).
async function waitForLock(file: number, seconds: number): Promise<boolean> {
  const { status } = await runQuick("flock", ["--timeout", String(seconds), "3"], { files: [file] });
  return status === 0;
}
