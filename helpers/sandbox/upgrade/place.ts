import {
  chmodSync,
  closeSync,
  constants,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { beneath, withParent } from "../tree/beneath.ts";

/*
 * Changes of a sandbox's tree while no part of the sandbox runs. Each change happens completely or not at all. Anything
 * that is replaced is kept, under its path, in a folder of the host.
 */

const lookAt = (path: Buffer) => lstatSync(path, { throwIfNoEntry: false });

/** Moves the file that is ready at `from` to a free path; returns false if the path is not free. */
export function addToTree(tree: string, path: string, from: string): boolean {
  const add = (directory: number, name: string): boolean => {
    if (lookAt(beneath(directory, name)) !== undefined) return false;
    renameSync(from, beneath(directory, name));
    return true;
  };
  return withParent(tree, path, add) ?? false;
}

/**
 * Moves the file that is ready at `from` to a path and replaces what is there; returns false if that is a directory
 * with content.
 */
export function replaceInTree(tree: string, path: string, from: string, kept: string): boolean {
  const replace = (directory: number, name: string): boolean => {
    const target = beneath(directory, name);
    const stats = lookAt(target);
    if (stats === undefined) return false;
    if (stats.isDirectory()) {
      if (!tryRemove(target)) return false;
    } else if (lstatSync(from).isDirectory()) {
      // A directory cannot replace anything in one step.
      renameSync(target, prepareKept(kept, path));
    } else keepLink(target, prepareKept(kept, path));
    renameSync(from, target);
    return true;
  };
  return withParent(tree, path, replace) ?? false;
}

/** Removes a path from the tree; returns false if it is a directory with content. */
export function removeFromTree(tree: string, path: string, kept: string): boolean {
  const remove = (directory: number, name: string): boolean => {
    const target = beneath(directory, name);
    const stats = lookAt(target);
    if (stats === undefined) return true;
    if (stats.isDirectory()) return tryRemove(target);
    renameSync(target, prepareKept(kept, path));
    return true;
  };
  return withParent(tree, path, remove) ?? true;
}

export interface Attributes {
  readonly owner: number;
  readonly group: number;
  readonly mode: number;
}

// Node has no name for this: see tree/look-up.ts.
const O_PATH = 0o10000000;

export function setAttributes(tree: string, path: string, { owner, group, mode }: Attributes): void {
  withParent(tree, path, (directory, name) => {
    const handle = openSync(beneath(directory, name), O_PATH | constants.O_NOFOLLOW);
    try {
      const isLink = lookAt(beneath(directory, name))?.isSymbolicLink() ?? true;
      lchownSync(beneath(directory, name), owner, group);
      if (!isLink) chmodSync(`/proc/self/fd/${handle}`, mode);
    } finally {
      closeSync(handle);
    }
  });
}

function tryRemove(directory: Buffer): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTEMPTY") return false;
    throw error;
  }
}

/** Removes what an earlier change has kept of a path. */
export function clearKept(kept: string, path: string): void {
  rmSync(prepareKept(kept, path), { recursive: true, force: true });
}

/**
 * Makes the folders above a kept path, and returns that path. What was kept before may be a link that the sandbox made.
 * So this begins at the top, and nothing is looked up through such a link.
 */
function prepareKept(kept: string, path: string): string {
  const parents = path.split("/").slice(1, -1);
  mkdirSync(kept, { recursive: true, mode: 0o700 });
  let folder = kept;
  for (const parent of parents) {
    folder = join(folder, parent);
    const isFolder = lstatSync(folder, { throwIfNoEntry: false })?.isDirectory();
    if (isFolder === false) rmSync(folder);
    if (isFolder !== true) mkdirSync(folder, { mode: 0o700 });
  }
  return join(kept, path);
}

// A killed upgrade has already kept it.
function keepLink(from: Buffer, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
