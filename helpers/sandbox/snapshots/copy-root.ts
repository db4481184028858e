import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isSameProcess, ownStart } from "../../host/process/processes.ts";
import { run } from "../../host/process/run.ts";
import { syncFolder } from "../state.ts";

// Neither a sandbox nor a snapshot may have a name with this beginning.
const prefix = ".new-";

/** Runs `act` with a new folder inside another. Afterwards removes the rest of it, and the leftovers of killed runs. */
export async function withStaging<T>(parent: string, act: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  await removeAbandoned(parent);
  const folder = mkdtempSync(ownStaging(parent));
  try {
    return await act(folder);
  } finally {
    if (existsSync(folder)) await removeFolder(folder);
  }
}

const ownStaging = (parent: string): string => join(parent, `${prefix}${process.pid}-${ownStart()}-`);

/**
 * Removes a folder in one piece, as others see it, and the leftovers of killed runs beside it. It may not be there. Makes no
 * folder to move it to: there may be no inode left, and somebody wants to have some.
 */
export async function removeInOnePiece(path: string): Promise<void> {
  const parent = dirname(path);
  if (!existsSync(parent)) return;
  await removeAbandoned(parent);
  const moved = `${ownStaging(parent)}moved`;
  if (!existsSync(path)) return;
  renameSync(path, moved);
  syncFolder(parent);
  await removeFolder(moved);
}

/** Removes the leftovers of killed runs from a folder. */
export async function removeAbandoned(parent: string): Promise<void> {
  for (const entry of readdirSync(parent).filter(isAbandoned)) await removeFolder(join(parent, entry));
}

/** Whether an entry belongs to a process that has ended. */
export function isAbandoned(entry: string): boolean {
  const [, pid, began] = /^\.new-(\d+)-(\d+)-/.exec(entry) ?? [];
  return pid !== undefined && began !== undefined && !isSameProcess(Number(pid), began);
}

const [tries, pause] = [100, 100];

/**
 * Removes a folder; rm follows no link, and leaves mounts alone. A program that a killed command ran may still write into the folder: it
 * fails soon, because rm takes away the folders in which it writes. So this tries again for ten seconds.
 */
export async function removeFolder(path: string): Promise<void> {
  const remove = ["-rf", "--one-file-system", "--", path];
  for (let left = tries; left > 0; left--) {
    if ((await run("rm", remove, { accept: [1] })).status === 0) return;
    await setTimeout(pause);
  }
  await run("rm", remove);
}

/**
 * Copies the root in one folder, `root/` or `root.img`, into another folder without one. It keeps holes, hard links and
 * attributes, and takes no space if the file system allows it. No part of the root may run meanwhile.
 */
export async function copyRoot(from: string, to: string): Promise<void> {
  if (existsSync(join(from, "root.img"))) await copyImage(from, to);
  else await copyTree(join(from, "root"), join(to, "root"));
}

/** Copies a tree. The label is not kept, because the copy gets that of another sandbox. */
export async function copyTree(from: string, to: string): Promise<void> {
  const how = ["--archive", "--no-preserve=context", "--reflink=auto", "--sparse=auto", "--one-file-system"];
  const [program = "", ...args] = readingTree(from, ["cp", ...how, "--no-target-directory", "--", from, to]);
  await run(program, args, { failure: `${from} cannot be copied` });
}

/**
 * Wraps a command that reads a tree by path. Root inside may meanwhile replace a folder by a link, so the command gets
 * its own mount namespace, in which the tree is read-only and no link in it leads anywhere (mount(8), nosymfollow).
 */
export const readingTree = (tree: string, command: readonly string[]): readonly string[] =>
  inOwnMount("ro,nosymfollow,nodev,nosuid", tree, command);

/** The same for a command that writes in a folder what others have chosen. */
export const withoutLinks = (folder: string, command: readonly string[]): readonly string[] =>
  inOwnMount("nosymfollow,nodev,nosuid", folder, command);

const inOwnMount = (options: string, folder: string, command: readonly string[]): readonly string[] => [
  ...["unshare", "--mount", "--propagation", "private", "--", "sh", "-c"],
  `mount --bind -o ${options} -- "$0" "$0" && exec "$@"`,
  folder,
  ...command,
];

async function copyImage(from: string, to: string): Promise<void> {
  const image = join(from, "root.img");
  const how = ["--reflink=auto", "--sparse=always"];
  await run("cp", [...how, "--", image, join(to, "root.img")], { failure: `${image} cannot be copied` });
  // The mount point, and beside it, for people, the link to the tree in it.
  mkdirSync(join(to, "image"), { mode: 0o700 });
  symlinkSync("image/root", join(to, "root"));
}

/** The records about a root, beside it. */
export const records = ["manifest.json", "bases.json.gz", "conflicts.json"] as const;

export function copyRecords(from: string, to: string): void {
  for (const record of records) if (existsSync(join(from, record))) copyFileSync(join(from, record), join(to, record));
}
