import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { replaceFile, syncFolder } from "../../sandbox/state.ts";

/** A file in the state of a sandbox with the folders that are guarded for it at boot, one a line. */
export const guardedList = (name: SandboxName): string => join(stateDirectory(name), "guarded");

export const readGuarded = (list: string): readonly string[] =>
  (orMissing(() => readFileSync(list, "utf8")) ?? "").split("\n").filter((line) => line !== "");

export const isListed = (path: string, list: string): boolean => readGuarded(list).includes(path);

/** Adds a folder. The list is on disk when this returns. */
export function addGuarded(path: string, list: string): void {
  if (isListed(path, list)) return;
  const file = openSync(list, "a", 0o600);
  try {
    writeSync(file, `${path}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(list));
}

/** Stops guarding the folder from the next boot on. */
export function removeGuarded(path: string, list: string): void {
  const folders = readGuarded(list);
  if (folders.includes(path))
    replaceFile(
      list,
      folders
        .filter((folder) => folder !== path)
        .map((folder) => `${folder}\n`)
        .join(""),
    );
}
