import { statfsSync } from "node:fs";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";

// Data from a sandbox must not fill the host's disk or use up its inodes. A twentieth stays free, at most a gibibyte.
const mostReserve = 2 ** 30;

/** Whether `size` bytes in `count` files fit into an open folder's file system with a reserve for the host. */
export function hasSpace(folder: number, size: number, count = 0): boolean {
  const { bsize, blocks, bavail, files, ffree } = statfsSync(`/proc/self/fd/${folder}`);
  const reserve = Math.min((blocks * bsize) / 20, mostReserve);
  // Some file systems have no fixed number of inodes, and report 0.
  return bavail * bsize - size >= reserve && (files === 0 || ffree - count > files / 20);
}

/** Throws a SandboxError unless a file of `size` bytes fits. */
export function requireSpace(folder: number, size: number, place: string): void {
  if (hasSpace(folder, size)) return;
  throw new SandboxError(`the copy would fill the file system of ${place}`, {
    hint: "It stopped here, and kept the files copied so far. Free space, or choose another destination",
  });
}
