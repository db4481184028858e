import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { readIfThere, removeIfThere } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { findNearest } from "../../../base/text.ts";
import { run } from "../../host/process/run.ts";
import { removeStamps } from "../populate/record-content.ts";
import { configuredFile, copyConfigured } from "../populate/write-steps.ts";
import { replaceFile, syncFolder } from "../state.ts";
import { copyRecords, copyRoot, records, removeAbandoned, removeInOnePiece, withStaging } from "./copy-root.ts";
import { isScheduled } from "./scheduled-name.ts";

export interface Snapshot {
  readonly snapshot: string;
  /** Seconds since the epoch. */
  readonly made: number;
}

const snapshotsFolder = (name: SandboxName): string => join(stateDirectory(name), "snapshots");
/** The folder of a snapshot: a root or an image, and the records about it. */
export const snapshotFolder = (name: SandboxName, snapshot: string): string => join(snapshotsFolder(name), snapshot);

/** The snapshots of a sandbox, oldest first. */
export function listSnapshots(name: SandboxName): readonly Snapshot[] {
  if (!existsSync(snapshotsFolder(name))) return [];
  return readdirSync(snapshotsFolder(name))
    .filter(isSandboxName)
    .sort()
    .flatMap((snapshot) => {
      // Somebody may be removing one.
      const status = statSync(snapshotFolder(name, snapshot), { throwIfNoEntry: false });
      return status === undefined ? [] : [{ snapshot, made: status.mtimeMs / 1000 }];
    })
    .sort((one, other) => one.made - other.made);
}

export const hasSnapshot = (name: SandboxName, snapshot: string): boolean =>
  listSnapshots(name).some((each) => each.snapshot === snapshot);

/** Throws a SandboxError with the nearest name unless the sandbox has that snapshot. */
export function requireSnapshot(name: SandboxName, snapshot: string): void {
  const known = listSnapshots(name).map((each) => each.snapshot);
  if (known.includes(snapshot)) return;
  const nearest = findNearest(snapshot, known);
  throw new SandboxError(`sandbox ${name} has no snapshot ${snapshot}`, {
    hint: nearest === undefined ? `See sandboxcontainer snapshots ${name}` : `Did you mean \`${nearest}\`?`,
  });
}

/** Throws a SandboxError unless a new snapshot may have that name. */
export function requireFreeSnapshot(name: SandboxName, snapshot: string): void {
  if (!isSandboxName(snapshot))
    throw new SandboxError(`\`${snapshot}\` is not a valid name for a snapshot`, {
      hint: "A name consists of letters, digits, `-`, `_` and `.`, begins with a letter or digit, and has at most 64 characters",
      status: 2,
    });
  if (isScheduled(snapshot))
    throw new SandboxError(`\`${snapshot}\` is a name that [Snapshots] gives`, {
      hint: "Choose another name, so that nothing removes it",
      status: 2,
    });
  if (!existsSync(snapshotFolder(name, snapshot))) return;
  throw new SandboxError(`sandbox ${name} already has a snapshot ${snapshot}`, {
    hint: `Choose another name, or remove it: sandboxcontainer delete-snapshot ${name} ${snapshot}`,
  });
}

/** Keeps a copy of the current root. Nothing may write into the root until this calls `onCopied`. */
export async function keepSnapshot(name: SandboxName, snapshot: string, onCopied: () => Promise<void>): Promise<void> {
  await withStaging(snapshotsFolder(name), async (folder) => {
    await copyRoot(stateDirectory(name), folder);
    copyRecords(stateDirectory(name), folder);
    copyConfigured(stateDirectory(name), folder);
    await onCopied();
    await run("sync", ["--file-system", folder]);
    renameSync(folder, snapshotFolder(name, snapshot));
    syncFolder(snapshotsFolder(name));
  });
}

/** Removes what killed commands left among the snapshots. */
export async function removeHalfKept(name: SandboxName): Promise<void> {
  if (existsSync(snapshotsFolder(name))) await removeAbandoned(snapshotsFolder(name));
}

const rootFile = (name: SandboxName): "root.img" | "root" =>
  existsSync(join(stateDirectory(name), "root.img")) ? "root.img" : "root";

/** Throws a SandboxError unless a snapshot holds an image if the root is one, or a folder if that is one. */
export function requireSameKind(name: SandboxName, snapshot: string): void {
  const root = rootFile(name);
  if (existsSync(join(snapshotFolder(name, snapshot), root))) return;
  const [held, is] = root === "root" ? ["an image", "a folder"] : ["a folder", "an image"];
  throw new SandboxError(`snapshot ${snapshot} holds ${held}, but the root is ${is}`, {
    hint: `What it holds is in ${snapshotFolder(name, snapshot)}`,
  });
}

/**
 * Replaces the root of a sandbox by a copy of a snapshot. The sandbox must be stopped and its image unmounted. Calls
 * `begin` when the copy is there: only from then on a failure leaves the sandbox incomplete.
 */
export async function restoreSnapshot(name: SandboxName, snapshot: string, begin: () => void): Promise<void> {
  const state = stateDirectory(name);
  const root = rootFile(name);
  await withStaging(snapshotsFolder(name), async (folder) => {
    await copyRoot(snapshotFolder(name, snapshot), folder);
    copyRecords(snapshotFolder(name, snapshot), folder);
    await run("sync", ["--file-system", folder]);
    begin();
    // The scripts of packages have made their data in the snapshot, or have still to do so. Older ones do not tell.
    const configured = readIfThere(configuredFile(snapshotFolder(name, snapshot)));
    if (configured !== undefined) {
      mkdirSync(dirname(configuredFile(state)), { recursive: true, mode: 0o700 });
      replaceFile(configuredFile(state), configured);
    }
    // The prepared files belong to the old root.
    removeStamps(name);
    for (const record of records)
      if (existsSync(join(folder, record))) renameSync(join(folder, record), join(state, record));
      else removeIfThere(join(state, record));
    // A killed rollback may already have moved the old root away.
    if (root === "root" && existsSync(join(state, root))) renameSync(join(state, root), join(folder, "replaced"));
    renameSync(join(folder, root), join(state, root));
  });
}

/** Removes a snapshot, or what a killed removal has left of it. */
export const removeSnapshot = (name: SandboxName, snapshot: string): Promise<void> =>
  removeInOnePiece(snapshotFolder(name, snapshot));

/** Whether a copy on the file system of a sandbox takes only a moment, because it shares the data. */
export async function copiesAtOnce(name: SandboxName): Promise<boolean> {
  return withStaging(snapshotsFolder(name), async (folder) => {
    const record = join(stateDirectory(name), records[0]);
    const { status } = await run("cp", ["--reflink=always", "--", record, join(folder, "copy")], { accept: [1] });
    return status === 0;
  });
}
