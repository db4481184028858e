import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from "node:fs";
import type { FileContent } from "../manifest/entry.ts";
import type { HostEntry } from "../../host/host-tree.ts";
import { beneath, withParent } from "./beneath.ts";
import { orMissing } from "../../host/or-missing.ts";

/** What a sandbox's tree has at a path; the size, in bytes, is a file's. */
export type TreeEntry = HostEntry & { readonly size: number };

/** Follows no link anywhere; undefined if there is nothing, or no directory on the way. */
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

/** The whole of a regular file of at most `limit` bytes; undefined for anything else. */
export function readFromTree(tree: string, path: string, limit: number): Buffer | undefined {
  return withFile(tree, path, (file, size) => {
    if (size > limit) return undefined;
    return Buffer.concat([...readChunks(file, size)]);
  });
}

/** Whether a path is a regular file of just this content. Reads no more than that content's size. */
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

/** A file's bytes, at most `size` of them: one that grows meanwhile is not followed. */
export function* readChunks(file: number, size: number): Generator<Uint8Array> {
  for (let left = size; left > 0;) {
    const buffer = Buffer.alloc(Math.min(left, 65_536));
    const count = readSync(file, buffer);
    if (count === 0) return;
    left -= count;
    yield buffer.subarray(0, count);
  }
}

// Node has no name for it (open(2)): a handle that opens nothing, so that a fifo or a device is seen before it can act.
export const O_PATH = 0o10000000;

// Not blocking: whoever holds a lease on the file could keep us for as long as it likes (fcntl(2), F_SETLEASE).
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
