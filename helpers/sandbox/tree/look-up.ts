import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  opendirSync,
  openSync,
  readlinkSync,
  readSync,
} from "node:fs";
import { posix } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import type { HostEntry } from "../../host/files/host-tree.ts";
import type { FileContent } from "../manifest/entry.ts";
import { beneath, lstatIn, withParent, withTreeFolder } from "./beneath.ts";

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

/** Undefined if the sandbox has put something else in place of the link meanwhile. */
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

export interface Listing {
  /** Sorted. Names are bytes, because file systems do not require UTF-8. */
  readonly names: readonly { readonly name: Buffer; readonly kind: "directory" | "file" | "link" | "other" }[];
  /** Whether the directory has more names than requested. */
  readonly more: boolean;
}

/**
 * Lists at most `limit` names in a directory of a sandbox's tree, without the known ones; empty if it is not a
 * directory.
 */
export function listInTree(tree: string, path: string, known: ReadonlySet<string>, limit: number): Listing {
  return withTreeFolder(tree, path, (folder) => listOpen(folder, known, limit)) ?? { names: [], more: false };
}

function listOpen(directory: number, known: ReadonlySet<string>, limit: number): Listing {
  const names: Buffer[] = [];
  for (const name of readNames(directory)) {
    if (known.has(name.toString())) continue;
    if (names.length === limit) return { names: describeAll(directory, names), more: true };
    names.push(name);
  }
  return { names: describeAll(directory, names), more: false };
}

/** The names in an open directory, as bytes and in no order. */
export function* readNames(directory: number): Generator<Buffer> {
  // latin1 has a character for each byte.
  const folder = opendirSync(`/proc/self/fd/${directory}`, { encoding: "latin1" });
  try {
    // A directory that has been removed meanwhile has no names; only Bun fails then.
    const next = (): Dirent | undefined => orMissing(() => folder.readSync()) ?? undefined;
    for (let entry = next(); entry !== undefined; entry = next()) yield Buffer.from(entry.name, "latin1");
  } finally {
    folder.closeSync();
  }
}

const describeAll = (directory: number, names: readonly Buffer[]): Listing["names"] =>
  names
    .toSorted((one, other) => Buffer.compare(one, other))
    .flatMap((name) => {
      const stats = lstatIn(directory, name);
      if (stats === undefined) return [];
      const kind = stats.isDirectory()
        ? "directory"
        : stats.isFile()
          ? "file"
          : stats.isSymbolicLink()
            ? "link"
            : "other";
      return [{ name, kind }] as const;
    });

/** Where a path of a sandbox leads in its tree. */
export interface Resolved {
  /** Absolute in the tree, and without links but perhaps the last name. */
  readonly path: string;
  /** Undefined if there is nothing. */
  readonly found: TreeEntry | undefined;
}

// The kernel gives up after as many links (path_resolution(7)).
const maxLinks = 40;
const top: TreeEntry = { kind: "directory", owner: 0, group: 0, mode: 0o755, size: 0, modified: 0 };

/**
 * Resolves a path as the sandbox itself would: a link leads to a place in the tree. The host follows none. `last` decides whether
 * a link at the end is followed. What follows something that is missing, or is no folder, stays as it is written.
 */
export function resolveInTree(tree: string, path: string, last: "follow" | "keep"): Resolved {
  const split = (text: string): string[] => text.split("/").filter((name) => name !== "" && name !== ".");
  const rest = split(path);
  let done: string[] = [];
  let links = 0;
  const lookUp = (names: readonly string[]): TreeEntry | undefined =>
    names.length === 0 ? top : lookUpInTree(tree, names.join("/"));
  let found = lookUp(done);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (found?.kind !== "directory") return { path: posix.resolve("/", ...done, name, ...rest), found: undefined };
    if (name === "..") {
      done = done.slice(0, -1);
      found = lookUp(done);
      continue;
    }
    const next = lookUp([...done, name]);
    if (next?.kind === "link" && (rest.length > 0 || last === "follow")) {
      links += 1;
      if (links > maxLinks) throw new SandboxError(`${path} leads through too many links`);
      if (next.target.startsWith("/")) done = [];
      rest.unshift(...split(next.target));
      found = lookUp(done);
      continue;
    }
    done = [...done, name];
    found = next;
  }
  return { path: `/${done.join("/")}`, found };
}

/** The first part of a path that is no folder. */
export interface Obstacle {
  readonly path: string;
  /** Undefined if there is nothing. */
  readonly found: TreeEntry | undefined;
}

/** Finds what keeps a path of a sandbox's tree from being a folder; undefined if nothing does. */
export function findObstacle(tree: string, path: string): Obstacle | undefined {
  const names = path.split("/").filter((name) => name !== "");
  for (const end of names.keys()) {
    const part = `/${names.slice(0, end + 1).join("/")}`;
    const found = lookUpInTree(tree, part);
    if (found?.kind !== "directory") return { path: part, found };
  }
  return undefined;
}
