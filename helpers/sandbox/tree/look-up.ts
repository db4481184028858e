import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from "node:fs";
import type { FileContent } from "../manifest/entry.ts";
import type { HostEntry } from "../../host/host-tree.ts";
import { beneath, withParent } from "./beneath.ts";
import { orMissing } from "../../host/or-missing.ts";

/** An entry at a path of a sandbox's tree; the size, in bytes, is a file's. */
export type TreeEntry = HostEntry & { readonly size: number };

/** Follows no link anywhere; undefined if there is nothing, or if something on the way is not a directory. */
export function lookUpInTree(tree: string, path: string): TreeEntry | undefined {
  return orMissing(() => withParent(tree, path, lookAt));
}

function lookAt(directory: number, name: string): TreeEntry {
  const path = beneath(directory, name);
  const stats = lstatSync(path);
  const common = { owner: stats.uid, group: stats.gid, mode: stats.mode & 0o7777, size: stats.size };
  if (stats.isSymbolicLink()) return { ...common, kind: "link", target: readlinkSync(path) };
  return { ...common, kind: stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other" };
}

/** Reads a whole regular file of at most `limit` bytes; undefined for anything else. */
export function readFromTree(tree: string, path: string, limit: number): Buffer | undefined {
  return withFile(tree, path, (file, size) => {
    if (size > limit) return undefined;
    return Buffer.concat([...readChunks(file, size)]);
  });
}

/** Whether a path is a regular file with exactly this content. Reads no more than the size of that content. */
export function hasContent(tree: string, path: string, { size, digest }: FileContent): boolean {
  return (
    withFile(tree, path, (file, actual) => actual === size && digestOf(readChunks(file, size)) === digest) ?? false
  );
}

/** Hexadecimal SHA-256. */
export function digestOf(chunks: Iterable<Uint8Array>): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

/** Reads at most `size` bytes of a file. If the file grows meanwhile, the rest is ignored. */
export function* readChunks(file: number, size: number): Generator<Uint8Array> {
  for (let left = size; left > 0;) {
    const buffer = Buffer.alloc(Math.min(left, 65_536));
    const count = readSync(file, buffer);
    if (count === 0) return;
    left -= count;
    yield buffer.subarray(0, count);
  }
}

// O_PATH of open(2), which Node does not name. Its handle opens nothing, so that a fifo or a device is recognized
// before it can act.
export const O_PATH = 0o10000000;

// The open does not block: otherwise a process with a lease on the file could delay us as long as it likes (fcntl(2),
// F_SETLEASE).
const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;

function withFile<T>(tree: string, path: string, act: (file: number, size: number) => T): T | undefined {
  const open = (directory: number, name: string): T | undefined =>
    withOpen(beneath(directory, name), O_PATH | constants.O_NOFOLLOW, (handle) => {
      const stats = fstatSync(handle);
      if (!stats.isFile()) return undefined;
      return withOpen(`/proc/self/fd/${handle}`, readFlags, (file) => act(file, stats.size));
    });
  return orMissing(() => withParent(tree, path, open));
}

function withOpen<T>(path: string | Buffer, flags: number, act: (file: number) => T): T {
  const file = openSync(path, flags);
  try {
    return act(file);
  } finally {
    closeSync(file);
  }
}
