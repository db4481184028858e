import { constants, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory } from "../base/paths.ts";

// The kernel cuts a record at 1024 bytes, including its own prefix (printk.c, LOG_LINE_MAX).
const longestRecord = 900;

/** Opens the kernel log, because a generator runs before the journal. Lines go to standard error if that fails. */
export function openKernelLog(): (line: string) => void {
  try {
    const device = openSync(join(rootDirectory, "dev/kmsg"), constants.O_WRONLY | constants.O_NOCTTY);
    return (line) => {
      const record = Buffer.from(`<3>sandboxcontainer-generator: ${line}`).subarray(0, longestRecord);
      try {
        writeSync(device, record);
      } catch {
        sayOnStderr(line);
      }
    };
  } catch {
    return sayOnStderr;
  }
}

/** Prints a line for a person at a terminal. */
export function sayOnStderr(line: string): void {
  process.stderr.write(`sandboxcontainer-generator: ${line}\n`);
}
