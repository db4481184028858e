import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runtimeRoot, stateDirectory, stateRoot } from "../../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { isAbandoned, removeFolder } from "../snapshots/copy-root.ts";
import { thaw } from "../snapshots/freeze.ts";
import { findHolder } from "./hold.ts";
import { draftEnd, draftOf, readUnfinished, type Unfinished } from "./unfinished.ts";
import { findHalfWritten } from "./half-written.ts";

/** The leftovers of killed commands. */
export interface Leftovers {
  /** Files and folders that belong to no sandbox. */
  readonly paths: readonly string[];
  /** Killed commands that were changing a whole sandbox, sorted by its name. */
  readonly unfinished: readonly { readonly name: SandboxName; readonly left: Unfinished }[];
  /** Sandboxes that are still frozen. Sorted. */
  readonly frozen: readonly SandboxName[];
}

const list = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Looks for leftovers, of all sandboxes or of one, and ignores those of a process that still runs. */
export async function findLeftovers(only?: SandboxName): Promise<Leftovers> {
  const names = only === undefined ? list(stateRoot).filter(isSandboxName) : [only];
  const folders = [
    ...(only === undefined ? [stateRoot] : []),
    ...names.map((name) => join(stateDirectory(name), "snapshots")),
  ];
  const isWanted = (name: SandboxName): boolean => only === undefined || name === only;
  const paths = [
    ...findHalfWritten(only),
    ...(await findUnheld(stateRoot, ".unfinished-", draftEnd)).filter(isWanted).map(draftOf),
    ...folders.flatMap((folder) =>
      list(folder)
        .filter((entry) => isAbandoned(entry) || entry.startsWith(".deleted-"))
        .map((entry) => join(folder, entry)),
    ),
  ];
  const unfinished = [];
  for (const name of (await findUnheld(stateRoot, ".unfinished-")).filter(isWanted)) {
    const left = readUnfinished(name);
    if (left !== undefined) unfinished.push({ name, left });
  }
  return { paths: paths.sort(), unfinished, frozen: (await findUnheld(runtimeRoot, ".frozen-")).filter(isWanted) };
}

/** Finds the sandboxes with a file of this kind that no command holds. Sorted. */
async function findUnheld(folder: string, prefix: string, end = ""): Promise<readonly SandboxName[]> {
  const found: SandboxName[] = [];
  for (const entry of [...list(folder)].sort()) {
    if (!entry.startsWith(prefix) || !entry.endsWith(end)) continue;
    const name = entry.slice(prefix.length, entry.length - end.length);
    if (isSandboxName(name) && (await findHolder(name)) === undefined) found.push(name);
  }
  return found;
}

/** Removes files and folders that belong to no sandbox. Returns why some could not be removed. */
export async function removePaths(paths: readonly string[]): Promise<readonly unknown[]> {
  const errors: unknown[] = [];
  for (const path of paths) {
    try {
      await removeFolder(path);
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}

/** Thaws what a killed command left frozen of a sandbox. A command that holds it still needs what is frozen. */
export async function thawLeft(name: SandboxName): Promise<void> {
  if ((await findHolder(name)) === undefined) await thaw(name);
}
