import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { makeFifo } from "../../host/pipes.ts";

/**
 * Copies what is in a folder of ours into another that exists, and gives that the same owner and mode. Whatever is there must be ours as
 * well: nothing may run that could put a link there. Knows files, folders, links and named pipes.
 */
export function copyTree(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, copy] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      mkdirSync(copy, { mode: 0o700 });
      copyTree(source, copy);
    } else if (entry.isSymbolicLink()) copyLink(source, copy);
    else {
      if (entry.isFIFO()) makeFifo(copy);
      else copyFileSync(source, copy, constants.COPYFILE_EXCL);
      copyAttributes(source, copy);
    }
  }
  copyAttributes(from, to);
}

function copyLink(from: string, to: string): void {
  const { uid, gid } = lstatSync(from);
  symlinkSync(readlinkSync(from), to);
  lchownSync(to, uid, gid);
}

// A change of the owner removes set-user-id bits (chown(2)).
function copyAttributes(from: string, to: string): void {
  const { uid, gid, mode } = lstatSync(from);
  lchownSync(to, uid, gid);
  chmodSync(to, mode & 0o7777);
}
