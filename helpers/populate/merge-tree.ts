import { closeSync, constants, lstatSync, openSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";

/*
 * Root in the sandbox owns its tree and may have put a link anywhere in it, so a path below the tree means nothing to the
 * host. Every directory is opened from its parent without following a link, and what is in it is named through the open
 * one: /proc/self/fd/N/NAME is openat(2) by another name, since the kernel resolves the first part to the directory
 * itself. The other way, a tool in a mount namespace rooted in the tree, would run a program from where the sandbox
 * could have put its own.
 */

const openFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

const beneath = (directory: number, name: string): string => `/proc/self/fd/${directory}/${name}`;

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** Moves what the sandbox's tree lacks out of a new tree; what it has stays untouched. Each move is whole or not at all. */
export function moveMissing(from: string, tree: string): void {
  withDirectory(tree, (directory) => {
    moveInto(from, directory);
  });
}

function moveInto(from: string, directory: number): void {
  for (const name of readdirSync(from)) {
    const source = join(from, name);
    const target = beneath(directory, name);
    if (!isThere(target)) renameSync(source, target);
    else if (lstatSync(source).isDirectory() && lstatSync(target).isDirectory()) {
      withDirectory(target, (inner) => {
        moveInto(source, inner);
      });
    }
  }
}

/** Whether the sandbox's tree has something at a path, or has put in the way what is no directory. */
export function isOccupied(tree: string, path: string): boolean {
  const look = (directory: number, [name, ...rest]: readonly string[]): boolean => {
    if (name === undefined) return true;
    const entry = lstatSync(beneath(directory, name), { throwIfNoEntry: false });
    if (entry === undefined) return false;
    return !entry.isDirectory() || withDirectory(beneath(directory, name), (inner) => look(inner, rest));
  };
  return withDirectory(tree, (directory) =>
    look(
      directory,
      path.split("/").filter((name) => name !== ""),
    ),
  );
}

function withDirectory<T>(path: string, act: (directory: number) => T): T {
  const directory = openSync(path, openFlags);
  try {
    return act(directory);
  } finally {
    closeSync(directory);
  }
}
