import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { findNearest } from "../../../generator/conf/nearest.ts";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { isSandboxName, type SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { ownStart } from "../../host/process-start.ts";
import { run } from "../../host/run.ts";
import { copyRecords, copyRoot, records } from "./copy-root.ts";
import { removeFolder, withStaging } from "./staging.ts";

export interface Snapshot {
  readonly snapshot: string;
  /** Seconds since the epoch. */
  readonly made: number;
}

const snapshotsFolder = (name: SandboxName): string => join(stateDirectory(name), "snapshots");
const snapshotFolder = (name: SandboxName, snapshot: string): string => join(snapshotsFolder(name), snapshot);

/** The snapshots of a sandbox, the oldest first. */
export function listSnapshots(name: SandboxName): readonly Snapshot[] {
  if (!existsSync(snapshotsFolder(name))) return [];
  return readdirSync(snapshotsFolder(name))
    .filter(isSandboxName)
    .sort()
    .map((snapshot) => ({ snapshot, made: statSync(snapshotFolder(name, snapshot)).mtimeMs / 1000 }))
    .sort((one, other) => one.made - other.made);
}

export const hasSnapshot = (name: SandboxName, snapshot: string): boolean =>
  listSnapshots(name).some((each) => each.snapshot === snapshot);

/** Throws a SandboxError, with the nearest name, unless a sandbox has that snapshot. */
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
    throw new SandboxError(`\`${snapshot}\` is no name for a snapshot`, {
      hint: "A name is made of letters, digits, `-`, `_` and `.`, beginning with a letter or digit, at most 64 characters",
      status: 2,
    });
  if (!existsSync(snapshotFolder(name, snapshot))) return;
  throw new SandboxError(`sandbox ${name} has a snapshot ${snapshot} already`, {
    hint: `Choose another name, or remove it: sandboxcontainer delete-snapshot ${name} ${snapshot}`,
  });
}

/** Keeps a copy of the root as it is. Nothing may write into it meanwhile. */
export async function keepSnapshot(name: SandboxName, snapshot: string): Promise<void> {
  await withStaging(snapshotsFolder(name), async (folder) => {
    await copyRoot(stateDirectory(name), folder);
    copyRecords(stateDirectory(name), folder);
    await run("sync", ["--file-system", folder]);
    renameSync(folder, snapshotFolder(name, snapshot));
  });
}

/** Puts a copy of a snapshot in the place of the root of a sandbox that does not run and whose image is not mounted. */
export async function restoreSnapshot(name: SandboxName, snapshot: string): Promise<void> {
  const state = stateDirectory(name);
  const root = existsSync(join(state, "root.img")) ? "root.img" : "root";
  if (!existsSync(join(snapshotFolder(name, snapshot), root)))
    throw new SandboxError(
      `snapshot ${snapshot} is ${root === "root" ? "of an image, and the root a" : "of a"} folder`,
    );
  await withStaging(snapshotsFolder(name), async (folder) => {
    await copyRoot(snapshotFolder(name, snapshot), folder);
    copyRecords(snapshotFolder(name, snapshot), folder);
    await run("sync", ["--file-system", folder]);
    // What was prepared belongs to the root that goes.
    for (const entry of readdirSync(state).filter((each) => each.startsWith("populated-"))) rmSync(join(state, entry));
    for (const record of records)
      if (existsSync(join(folder, record))) renameSync(join(folder, record), join(state, record));
    // A rollback that was killed may have taken it away already.
    if (root === "root" && existsSync(join(state, root))) renameSync(join(state, root), join(folder, "replaced"));
    renameSync(join(folder, root), join(state, root));
  });
}

export const removeSnapshot = async (name: SandboxName, snapshot: string): Promise<void> => {
  const folder = snapshotFolder(name, snapshot);
  const gone = join(snapshotsFolder(name), `.new-${process.pid}-${ownStart()}-removed`);
  renameSync(folder, gone);
  await removeFolder(gone);
};

/** Whether a copy on the file system of a sandbox takes a moment, as it shares the data. */
export async function copiesAtOnce(name: SandboxName): Promise<boolean> {
  return withStaging(snapshotsFolder(name), async (folder) => {
    const record = join(stateDirectory(name), records[0]);
    const { status } = await run("cp", ["--reflink=always", "--", record, join(folder, "copy")], { accept: [1] });
    return status === 0;
  });
}
