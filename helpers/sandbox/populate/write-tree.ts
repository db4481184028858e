import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../../base/files.ts";
import { run } from "../../host/process/run.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { beneath, withDirectory } from "../tree/beneath.ts";
import { copyData, type Warn } from "./copy-data.ts";

// Far below the kernel's limit for arguments (execve(2)).
const batch = 1000;

/**
 * Makes the entries in a new folder that only we know yet; `host` is the root directory of copied files. Returns the
 * entries that it made, without files that have vanished from the host since the plan.
 */
export async function writeTree(
  entries: readonly ManifestEntry[],
  tree: string,
  host: string,
  warn: Warn,
): Promise<readonly ManifestEntry[]> {
  const isTree = (entry: ManifestEntry): boolean => entry.kind === "directory" && entry.source !== undefined;
  const written = entries.filter((entry) => isTree(entry) || writeEntry(entry, join(tree, entry.path), host));
  const copies = written.filter(({ path, source }) => source !== undefined && "copy" in source && source.copy === path);
  await copyAttributes(
    copies.map(({ path }) => path),
    host,
    tree,
  );
  // This corrects the parents, which also got the host's attributes: an upgrade keeps the owners and modes of the
  // sandbox.
  for (const entry of written) if (!isTree(entry)) own(entry, join(tree, entry.path));
  for (const { path, source } of entries) {
    if (source !== undefined && "copyTree" in source)
      await copyData(join(host, source.copyTree), join(tree, path), warn);
  }
  return written;
}

/**
 * Gives copies below `tree` the host's ACLs, extended attributes and times, by paths relative to `host`. One process
 * handles many files.
 */
async function copyAttributes(paths: readonly string[], host: string, tree: string): Promise<void> {
  const options = ["--attributes-only", "--parents", "--no-dereference", "--preserve=mode,ownership,timestamps,xattr"];
  for (let first = 0; first < paths.length; first += batch) {
    const some = paths.slice(first, first + batch).map((path) => `.${path}`);
    // A file that vanished meanwhile has already been copied, and keeps its attributes.
    await run("cp", [...options, `--target-directory=${tree}`, "--", ...some], { cwd: host, accept: [1] });
  }
}

function writeEntry(entry: ManifestEntry, path: string, host: string): boolean {
  switch (entry.kind) {
    case "directory":
      mkdirSync(path, 0o700);
      break;
    case "link":
      symlinkSync(entry.source.link, path);
      break;
    case "file":
      // Skipped: the package makes it inside.
      if ("madeBy" in entry.source) return true;
      if ("text" in entry.source) writeFile(path, entry.source.text, { flag: "wx", mode: 0o600 });
      else if (!copyFile(join(host, entry.source.copy), path)) return false;
  }
  own(entry, path);
  return true;
}

function own(entry: ManifestEntry, path: string): void {
  if (entry.kind === "file" && "madeBy" in entry.source) return;
  lchownSync(path, entry.owner, entry.group);
  // This comes after the owner, because a change of owner removes set-id bits.
  if (entry.kind !== "link") chmodSync(path, entry.mode);
}

function copyFile(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

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
