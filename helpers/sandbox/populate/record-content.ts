import { isUtf8 } from "node:buffer";
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { orMissing, writeFile } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { hashConf, stampOf } from "../../../conf/conf-hash.ts";
import type { Conf } from "../../../conf/conf.ts";
import { readMachineId } from "../../host/systemd/machine-id.ts";
import type { FileContent, FileEntry, ManifestEntry } from "../manifest/entry.ts";
import { syncFolder } from "../state.ts";
import { digestOf, readChunks } from "../tree/look-up.ts";
import type { Bases } from "./service-packages.ts";

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

/** Whether a person may edit the file on the host. Files that we made ourselves are computed again. */
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
const maxCompared = 64 * 1024 * 1024;

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
      return size > maxCompared || digestOf(readChunks(file, size)) === digest;
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

const prefix = "populated-";

/** The stamp of a conf on this host. */
export const ownStamp = (conf: Conf): string => stampOf(hashConf(conf), readMachineId());

/** Whether the root of a sandbox was made, and its start prepared, for the conf with this stamp. */
export const hasStamp = (name: SandboxName, stamp: string): boolean => existsSync(join(stateDirectory(name), stamp));

/** Records that the tree matches the conf, so that no start makes it again. Everything else must be on the disk by now. */
export function writeStamp(name: SandboxName, stamp: string): void {
  const state = stateDirectory(name);
  writeFile(join(state, stamp), "");
  for (const other of listStamps(state)) if (other !== stamp) rmSync(join(state, other));
  syncFolder(state);
}

/** Makes the next start prepare the sandbox, also after a power cut. Comes before what a stamp vouches for is changed. */
export function removeStamps(name: SandboxName): void {
  const state = stateDirectory(name);
  const stamps = listStamps(state);
  for (const stamp of stamps) rmSync(join(state, stamp));
  if (stamps.length > 0) syncFolder(state);
}

const listStamps = (state: string): readonly string[] => readdirSync(state).filter((entry) => entry.startsWith(prefix));
