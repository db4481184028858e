import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileContent, FileEntry, ManifestEntry } from "../manifest/entry.ts";
import { digestOf, readChunks } from "../tree/look-up.ts";
import type { Bases } from "./bases.ts";

export interface Recorded {
  readonly entries: readonly ManifestEntry[];
  readonly bases: Bases;
}

// Larger than any configuration that a person edits.
export const largestText = 512 * 1024;

/** Writes down what is in the files of a new tree that nobody else knows of yet, and keeps the text of configuration. */
export function recordContent(entries: readonly ManifestEntry[], tree: string): Recorded {
  const bases = new Map<string, string>();
  const recorded = entries.map((entry) => {
    if (entry.kind !== "file" || "madeBy" in entry.source) return entry;
    const path = join(tree, entry.path);
    const content = readContent(path);
    const text = isConfiguration(entry) ? readText(path) : undefined;
    if (text !== undefined) bases.set(content.digest, text);
    return { ...entry, content };
  });
  return { entries: recorded, bases };
}

/** Whether a file is one that a person edits on the host: what we made ourselves is computed anew. */
export const isConfiguration = ({ path, source }: FileEntry): boolean => path.startsWith("/etc/") && "copy" in source;

/** Reads a file of the host's or of a tree that nobody else knows; links are followed. */
export function readContent(path: string): FileContent {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    return { size, digest: digestOf(readChunks(file, size)) };
  } finally {
    closeSync(file);
  }
}

/** The text of a file of the host's or of a tree that nobody else knows; undefined if it is none that can be merged. */
export function readText(path: string): string | undefined {
  if (statSync(path).size > largestText) return undefined;
  const bytes = readFileSync(path);
  return isText(bytes) ? bytes.toString() : undefined;
}

/** Whether bytes are lines that can be compared and merged. */
export const isText = (bytes: Buffer): boolean => isUtf8(bytes) && !bytes.includes(0);
