import { lstatSync, rmSync } from "node:fs";

/**
 * Removes a file or folder if there is one. On a read-only file system the kernel refuses to remove even what is not
 * there, and that would hide an earlier error.
 */
export function removeIfThere(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path, { recursive: true, force: true });
}
