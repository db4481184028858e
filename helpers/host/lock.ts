import { closeSync, openSync } from "node:fs";
import { runQuick } from "./run-quick.ts";

/** A lock of flock(2). */
export interface Lock {
  /** False when somebody else kept it for too long. */
  readonly isTaken: boolean;
  readonly release: () => void;
}

/** Waits for the lock of a file, which is made if need be, for some seconds at most. It is released when this process ends, too. */
export async function takeLock(path: string, seconds: number): Promise<Lock> {
  const file = openSync(path, "a", 0o600);
  // Whoever takes a lock of an open file takes it for all that have the same opening (flock(2)); Node has no flock of its own.
  const { status } = await runQuick("flock", ["--timeout", String(seconds), "3"], { files: [file] });
  return {
    isTaken: status === 0,
    release: () => {
      closeSync(file);
    },
  };
}
