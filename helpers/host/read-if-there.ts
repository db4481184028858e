import { closeSync, openSync, readFileSync, readSync } from "node:fs";

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
