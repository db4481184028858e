import { lstatSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { beneath, withDirectory } from "../tree/beneath.ts";

const isThere = (path: Buffer): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/**
 * Moves everything that the sandbox's tree lacks out of a new tree, and touches nothing that exists. Each move happens
 * completely or not at all.
 */
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

/** Whether something is at a path of the sandbox's tree, or something other than a directory is in the way. */
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
