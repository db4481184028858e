import { isUtf8 } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileContent, FileEntry, ManifestEntry } from "../manifest/entry.ts";
import { digestOf, readChunks } from "../tree/look-up.ts";
import { orMissing } from "../../host/or-missing.ts";
import type { Bases } from "./bases.ts";

export interface Recorded {
  readonly entries: readonly ManifestEntry[];
  readonly bases: Bases;
}

// Larger than any configuration file that a person edits.
export const largestText = 512 * 1024;

/**
 * Records the content of the files in a new tree that only we know yet, and keeps the text of configuration. Of data that
 * was copied as a whole it records the time.
 */
export function recordContent(entries: readonly ManifestEntry[], tree: string): Recorded {
  const bases = new Map<string, string>();
  const at = Date.now();
  const recorded = entries.map((entry) => {
    // What is modified later was modified inside.
    if (entry.kind === "directory" && entry.source !== undefined) return { ...entry, source: { ...entry.source, at } };
    if (entry.kind !== "file" || "madeBy" in entry.source) return entry;
    const path = join(tree, entry.path);
    const content = readContent(path);
    const text = isConfiguration(entry) ? readText(path) : undefined;
    if (text !== undefined) bases.set(content.digest, text);
    return { ...entry, content };
  });
  return { entries: recorded, bases };
}

/** Whether a person may edit the file on the host. Files that we made ourselves are computed anew. */
export const isConfiguration = ({ path, source }: FileEntry): boolean => path.startsWith("/etc/") && "copy" in source;

/** Reads a file of the host, or of a tree that only we know; follows links. */
export function readContent(path: string): FileContent {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    return { size, digest: digestOf(readChunks(file, size)) };
  } finally {
    closeSync(file);
  }
}

// Nobody edits larger files, and a package ships hardly any in /etc and /var.
const mostCompared = 64 * 1024 * 1024;

/**
 * Whether a regular file of the host has this content, which somebody else's archive may name. A file of another size is
 * not read, nor is one that would take long: if only its size is known to be the same, that counts.
 */
export function isContentOf(path: string, { size, digest }: FileContent): boolean {
  const read = (): boolean => {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const status = fstatSync(file);
      if (!status.isFile() || status.size !== size) return false;
      return size > mostCompared || digestOf(readChunks(file, size)) === digest;
    } finally {
      closeSync(file);
    }
  };
  return orMissing(read) ?? false;
}

/** Reads the text of a file of the host, or of a tree that only we know; undefined if it cannot be merged. */
export function readText(path: string): string | undefined {
  if (statSync(path).size > largestText) return undefined;
  const bytes = readFileSync(path);
  return isText(bytes) ? bytes.toString() : undefined;
}

/** Whether bytes are text whose lines can be compared and merged. */
export const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);
