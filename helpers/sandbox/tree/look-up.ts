import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync, readSync } from "node:fs";
import type { FileContent } from "../manifest/entry.ts";
import type { HostEntry } from "../../host/host-tree.ts";
import { beneath, withParent } from "./beneath.ts";
import { orMissing } from "../../host/or-missing.ts";

/** An entry at a path of a sandbox's tree. The size, in bytes, is a file's; `modified` is in seconds since 1970. */
export type TreeEntry = HostEntry & { readonly size: number; readonly modified: number };

/** Follows no link anywhere; undefined if there is nothing, or if something on the way is not a directory. */
export function lookUpInTree(tree: string, path: string): TreeEntry | undefined {
  return orMissing(() => withParent(tree, path, lookAt));
}

/** The same for a name in an open folder. */
export const lookUpIn = (folder: number, name: Buffer | string): TreeEntry | undefined =>
  orMissing(() => lookAt(folder, name));

function lookAt(directory: number, name: Buffer | string): TreeEntry {
  const path = beneath(directory, name);
  const stats = lstatSync(path);
  const { uid: owner, gid: group, size } = stats;
  const common = { owner, group, mode: stats.mode & 0o7777, size, modified: stats.mtimeMs / 1000 };
  if (!stats.isSymbolicLink())
    return { ...common, kind: stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other" };
  const target = readTarget(path);
  return target === undefined ? lookAt(directory, name) : { ...common, kind: "link", target };
}

/** Undefined if the sandbox has put something else in the place of the link meanwhile. */
function readTarget(path: Buffer): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EINVAL") return undefined;
    throw error;
  }
}

/** Reads a whole regular file of at most `limit` bytes; undefined for anything else. */
export function readFromTree(tree: string, path: string, limit: number): Buffer | undefined {
  const read = (file: number, size: number): Buffer | undefined =>
    size > limit ? undefined : Buffer.concat([...readChunks(file, size)]);
  return orMissing(() => withParent(tree, path, (folder, name) => withFileIn(folder, name, read)));
}

/** Whether a path is a regular file with exactly this content. Reads no more than the size of that content. */
export const hasContent = (tree: string, path: string, content: FileContent): boolean =>
  orMissing(() => withParent(tree, path, (folder, name) => hasContentIn(folder, name, content))) ?? false;

/** The same for a name in an open folder. */
export function hasContentIn(folder: number, name: string, { size, digest }: FileContent): boolean {
  const isSame = (file: number, actual: number): boolean =>
    actual === size && digestOf(readChunks(file, size)) === digest;
  return orMissing(() => withFileIn(folder, name, isSame)) ?? false;
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

const withFileIn = <T>(folder: number, name: string, act: (file: number, size: number) => T): T | undefined =>
  withOpen(beneath(folder, name), O_PATH | constants.O_NOFOLLOW, (handle) => {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return undefined;
    return withOpen(`/proc/self/fd/${handle}`, readFlags, (file) => act(file, stats.size));
  });

function withOpen<T>(path: string | Buffer, flags: number, act: (file: number) => T): T {
  const file = openSync(path, flags);
  try {
    return act(file);
  } finally {
    closeSync(file);
  }
}
