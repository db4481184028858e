import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { largestId } from "../archive/attributes.ts";
import { readContext } from "../state.ts";
import { beneath, lstatIn } from "../tree/beneath.ts";
import { quoteName } from "../untrusted-text.ts";
import { cleanWords } from "./child.ts";
import type { TarEntry } from "./read-tar.ts";
import type { TarHeader } from "./tar-header.ts";
import type { Destination } from "./unpack.ts";

/** What is kept of a file besides its content and time. */
export interface Kept {
  /** Whether it keeps its owner and group, as numbers; otherwise it belongs to root. */
  readonly owners: boolean;
  /** The bits of its mode. */
  readonly mode: number;
}

/** Without the set-id bits: what leaves a sandbox must not give rights to users of the host. */
export const outside: Kept = { owners: false, mode: 0o777 };

/** What a folder gets once everything is in it. */
export type FolderHeader = Pick<TarHeader, "path" | "mode" | "mtime" | "owner" | "group">;

/** Throws a SandboxError if the owner is none of a sandbox. tar writes larger ids than a header can have as attributes. */
export function requireOwner({ path, owner, group, attributes }: TarHeader): void {
  if (!attributes.has("uid") && !attributes.has("gid") && owner <= largestId && group <= largestId) return;
  throw new SandboxError(`${quoteName(path)} belongs to a user or group above ${largestId}, which no sandbox has`, {
    hint: "Change its owner, or copy without --archive: it then belongs to root",
  });
}

/** Gives an open file or folder its owner, if that is kept, its mode and its time. */
export function complete(file: number, header: FolderHeader, kept: Kept): void {
  // A change of owner takes set-id bits away.
  if (kept.owners) fchownSync(file, header.owner, header.group);
  fchmodSync(file, header.mode & kept.mode);
  futimesSync(file, timeOf(header), timeOf(header));
}

/**
 * Writes a new file beside and renames it, so the old file is replaced completely or not at all, and never written
 * into.
 */
export async function writeFile(
  folder: number,
  name: Buffer,
  { header, data }: TarEntry,
  kept: Kept,
  report: (bytes: number) => void,
): Promise<void> {
  requireReplaceable(folder, name);
  const beside = beneath(folder, temporaryName());
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = openSync(beside, flags, 0o600);
  try {
    for await (const piece of data) {
      writeAll(file, piece);
      report(piece.length);
    }
    complete(file, header, kept);
    renameSync(beside, beneath(folder, name));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, data: Buffer): void {
  for (let at = 0; at < data.length;) at += writeSync(file, data, at);
}

/** The same for a link. */
export function writeLink(folder: number, name: Buffer, header: TarHeader, kept: Kept): void {
  requireReplaceable(folder, name);
  const beside = beneath(folder, temporaryName());
  symlinkSync(header.linkTarget, beside);
  try {
    if (kept.owners) lchownSync(beside, header.owner, header.group);
    lutimesSync(beside, timeOf(header), timeOf(header));
    renameSync(beside, beneath(folder, name));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

function requireReplaceable(folder: number, name: Buffer): void {
  const there = lstatIn(folder, name);
  if (there === undefined || there.isFile() || there.isSymbolicLink()) return;
  throw new SandboxError(`${quoteName(name)} at the destination is not a file, so it is not replaced`, {
    hint: "Move it, or choose another destination",
  });
}

const temporaryName = (): Buffer => Buffer.from(`.sandboxcontainer-${process.pid}-${String(Math.random()).slice(2)}`);

// The range that every file system can store.
const timeOf = ({ mtime }: FolderHeader): number => Math.min(Math.max(mtime, 0), 2 ** 32 - 1);

/**
 * Gives what was copied into a stopped sandbox's tree the SELinux label of that tree. chcon gets the open folder, so no path
 * leads through the tree.
 */
export function labelCopy(name: SandboxName, { name: top, open }: Destination): void {
  const context = readContext(name);
  if (context === null || open === undefined) return;
  const folder = open();
  try {
    const what = Buffer.concat([Buffer.from("/proc/self/fd/3/"), top ?? Buffer.from(".")]).toString();
    const words = ["--recursive", "-P", "--no-dereference", "--", context, what];
    const { error, status, stderr } = spawnSync("chcon", words, { stdio: ["ignore", "ignore", "pipe", folder] });
    if (error !== undefined) throw error;
    if (status !== 0) throw new SandboxError(`the copy cannot be labelled: ${cleanWords(stderr.toString())}`);
  } finally {
    closeSync(folder);
  }
}

// Data from a sandbox must not fill the host's disk or use up its inodes. A twentieth stays free, at most a gibibyte.
const maxReserve = 2 ** 30;

/** Whether `size` bytes in `count` files fit into an open folder's file system with a reserve for the host. */
export function hasSpace(folder: number, size: number, count = 0): boolean {
  const { bsize, blocks, bavail, files, ffree } = statfsSync(`/proc/self/fd/${folder}`);
  const reserve = Math.min((blocks * bsize) / 20, maxReserve);
  // Some file systems have no fixed number of inodes, and report 0.
  return bavail * bsize - size >= reserve && (files === 0 || ffree - count > files / 20);
}

/** Throws a SandboxError unless a file of `size` bytes fits. */
export function requireSpace(folder: number, size: number, place: string): void {
  if (hasSpace(folder, size)) return;
  throw new SandboxError(`the copy would fill the file system of ${place}`, {
    hint: "It stopped here, and kept the files copied so far. Free space, or choose another destination",
  });
}
