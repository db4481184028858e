import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isSameProcess, ownStart } from "../../host/process-start.ts";
import { run } from "../../host/run.ts";
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
