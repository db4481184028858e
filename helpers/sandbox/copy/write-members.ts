import { closeSync, constants, fchmodSync, fchownSync, futimesSync, lchownSync, lutimesSync, openSync } from "node:fs";
import { renameSync, rmSync, symlinkSync, writeSync } from "node:fs";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { largestId } from "../archive/parse-acl.ts";
import { beneath, lstatIn } from "../tree/beneath.ts";
import { quoteName } from "../untrusted-text.ts";
import type { TarEntry } from "./read-tar.ts";
import type { TarHeader } from "./tar-header.ts";

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
