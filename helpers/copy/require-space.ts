import { statfsSync } from "node:fs";
import { SandboxError } from "../../generator/sandbox-error.ts";

// What a sandbox sends must not fill the host's disk, or use up its inodes: a twentieth is left, of a large disk a gibibyte.
const mostReserve = 2 ** 30;

/** Throws a SandboxError unless a file of `size` bytes fits into an open folder and leaves the host something. */
export function requireSpace(folder: number, size: number, place: string): void {
  const { bsize, blocks, bavail, files, ffree } = statfsSync(`/proc/self/fd/${folder}`);
  const reserve = Math.min((blocks * bsize) / 20, mostReserve);
  // Some file systems have no fixed number of inodes, and say 0.
  if (bavail * bsize - size >= reserve && (files === 0 || ffree > files / 20)) return;
  throw new SandboxError(`the copy would fill the file system of ${place}`, {
    hint: "It ends here, and what was copied so far is kept. Free space, or choose another destination",
  });
}
