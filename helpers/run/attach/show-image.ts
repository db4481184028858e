import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { bind, type Bind, unmount } from "../../host/files/mounts.ts";
import { makeFifo } from "../../host/process/pipes.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { explainPath, withHostFolder } from "../host-folder.ts";

/**
 * Makes a file of the host appear at `place` as well, for programs that accept only a path. `place` is our own path,
 * where nobody can put another file. The kernel follows no link in the mount that the file is taken from (nosymfollow
 * in mount(8)), so it is the file that was there. Throws a SandboxError.
 */
export async function showFile(path: string, place: string): Promise<void> {
  const scratch = `${place}.folder`;
  await withHostFolder(dirname(path), ({ descriptor }) => {
    mkdirSync(scratch, { mode: 0o700 });
    closeSync(openSync(place, "w", 0o600));
    bind({ from: descriptor, to: scratch, flags: ["nosymfollow"], isPrivate: true });
    return Promise.resolve();
  });
  const refusal = refusalOf(() => {
    bind({ from: `${scratch}/${basename(path)}`, to: place, isPrivate: true });
  });
  unmount(scratch);
  rmdirSync(scratch);
  if (refusal === undefined && statSync(place).isFile()) return;
  if (refusal === undefined) unmount(place);
  throw explainFile(path, refusal);
}

/** Mounts a file of the host on a new file of ours. It is held at `held` meanwhile. Throws a SandboxError. */
export async function bindFile(path: string, held: string, how: Omit<Bind, "from">): Promise<void> {
  await showFile(path, held);
  try {
    closeSync(openSync(String(how.to), "wx", 0o600));
    bind({ from: held, ...how });
  } finally {
    unmount(held);
    rmSync(held);
  }
}

/**
 * Mounts the file system of an image at `place`. systemd does this, because a loop device is a disk, and no rule of the
 * policy lets the helpers open one. systemd finds the file at `held`. Throws a SandboxError.
 */
export async function showImage(path: string, held: string, place: string, context: string | undefined): Promise<void> {
  await showFile(path, held);
  mkdirSync(place, { mode: 0o700 });
  const label = context === undefined ? "" : `,context="${context}"`;
  const options = ["--quiet", "--collect", "--fsck=no", `--options=loop,nodev${label}`];
  const { status } = await runQuick("systemd-mount", [...options, held, place]);
  const reason = status === 0 ? "" : await readReason(place);
  // The loop device keeps the file open.
  unmount(held, "lazy");
  rmSync(held);
  if (status !== 0) throw new SandboxError(reason === "" ? `systemd could not mount ${path}` : reason);
}

// systemd-mount only says that it failed; the journal says why.
async function readReason(place: string): Promise<string> {
  const { output: unit } = await runQuick("systemd-escape", ["--path", "--suffix=mount", place]);
  await runQuick("journalctl", ["--sync"]);
  const wanted = ["--quiet", "--output=cat", "--lines=3", "--identifier=mount", `--unit=${unit}`];
  return (await runQuick("journalctl", wanted)).output;
}

// This looks at the path again, so the result is only good for a message.
function explainFile(path: string, refusal: unknown): unknown {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined || stats.isSymbolicLink()) return explainPath(path);
  return stats.isFile() && refusal !== undefined ? refusal : new SandboxError(`${path} is not a file`);
}

function refusalOf(act: () => void): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

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
