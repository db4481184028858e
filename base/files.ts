import { closeSync, lstatSync, openSync, type PathLike, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";

// ESRCH: the process ended after its file in /proc was opened. ENODEV: the cgroup ended after its file was opened.
const missing = new Set(["ENOENT", "ENOTDIR", "EISDIR", "ELOOP", "EAGAIN", "ESRCH", "ENODEV"]);

/**
 * Returns undefined if a path leads to nothing, leads to something else, belongs to a process or cgroup that has just
 * ended, or is a file on which somebody holds a lease.
 */
export function orMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Error && "code" in error && missing.has(String(error.code))) return undefined;
    throw error;
  }
}

/**
 * Works on a file, and adds its path to an error of the kernel that does not name it: those of calls that take a
 * descriptor, such as write and fsync.
 */
export function withPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error && "code" in error && !("path" in error && error.path !== undefined))
      Object.assign(error, { message: `${error.message} '${path}'`, path });
    throw error;
  }
}

/** Reads a text; undefined if there is no such file. Throws any other error. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

// These tell nothing about the file.
const lacks = new Set(["EMFILE", "ENFILE", "ENOMEM", "EIO"]);

/**
 * Reads a text, for example of a process that may end meanwhile; undefined if it is not there, or not for us. Throws if
 * we cannot know that, for want of descriptors or memory: a container that runs must not look as if it had ended.
 */
export const readIfPossible = (path: string): string | undefined => ifPossible(() => readFileSync(path, "utf8"));

/** The same for the first 4096 bytes: a process can make its command line megabytes long, and there may be thousands. */
export const readBeginning = (path: string): string | undefined =>
  ifPossible(() => {
    const file = openSync(path, "r");
    try {
      const buffer = Buffer.alloc(4096);
      return buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, 0));
    } finally {
      closeSync(file);
    }
  });

function ifPossible(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "code" in error && lacks.has(String(error.code))) throw error;
    return undefined;
  }
}

export interface WriteOptions {
  /** The mode of a new file; by default only its owner may open it. Whoever may read a file may also lock it (flock(2)). */
  readonly mode?: number;
  readonly flag?: string;
  readonly flush?: boolean;
}

/** The same as writeFileSync but for that mode, and an error of write(2) or fsync(2), such as ENOSPC, also names the file. */
export function writeFile(path: PathLike, data: string | Uint8Array, options: WriteOptions = {}): void {
  withPath(String(path), () => {
    writeFileSync(path, data, { mode: 0o600, ...options });
  });
}

/**
 * Removes a file or folder if there is one. On a read-only file system the kernel refuses to remove even what is not
 * there, and that would hide an earlier error.
 */
export function removeIfThere(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) rmSync(path, { recursive: true, force: true });
}
