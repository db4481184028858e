import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing, removeIfThere } from "../../../base/files.ts";
import { stateRoot, unfinishedFile } from "../../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { replaceFile } from "../state.ts";
import { findHolder, nameCommand } from "./hold.ts";

/**
 * The task of a command that changes a whole sandbox. It is recorded before the command begins and removed when it has
 * ended, so a record that remains belongs to a killed command. The next command like it finishes the task, or begins
 * again.
 */
export type Task =
  /**
   * Makes a sandbox that did not exist. `conf` is the hash of the conf that this writes; any other conf belongs to
   * somebody else, and so do drop-ins that were there before.
   */
  | { readonly kind: "making"; readonly conf: string; readonly hadDropIns: boolean }
  | { readonly kind: "deleting" }
  | { readonly kind: "renaming"; readonly old: SandboxName; readonly name: SandboxName }
  | { readonly kind: "rolling back"; readonly snapshot: string }
  | { readonly kind: "replacing" }
  /** A snapshot appears in one piece: if it exists, it is complete. */
  | { readonly kind: "keeping"; readonly snapshot: string }
  | { readonly kind: "forgetting"; readonly snapshot: string }
  /** An archive also appears in one piece; it is written beside. */
  | { readonly kind: "exporting"; readonly file: string; readonly beside: string }
  /** Everything is done, except for the final message. */
  | { readonly kind: "done" };

export interface Unfinished {
  readonly command: readonly string[];
  /** The folder in which it ran. */
  readonly folder: string;
  readonly task: Task;
}

// An administrator may stand in the very root that is deleted.
let folder: string | undefined;
const ownFolder = (): string => (folder ??= orMissing(() => process.cwd()) ?? "/");

const thisCommand = (): Pick<Unfinished, "command" | "folder"> => ({
  command: process.argv.slice(2),
  folder: ownFolder(),
});

/** No name of a sandbox ends so, and thus what is being written is never the record of another one. */
export const draftEnd = "~";
export const draftOf = (name: SandboxName): string => `${unfinishedFile(name)}${draftEnd}`;

/** Records a task. A killed export that this record replaces loses what it had written. The caller must hold the name. */
export function writeUnfinished(name: SandboxName, task: Task): void {
  const before = readUnfinished(name)?.task;
  replaceFile(unfinishedFile(name), `${JSON.stringify({ ...thisCommand(), task })}\n`, draftOf(name));
  if (before?.kind !== "exporting" || (task.kind === "exporting" && task.beside === before.beside)) return;
  try {
    rmSync(before.beside, { force: true });
  } catch {
    // Its disk may be gone. That must not keep the sandbox from being deleted.
  }
}

/** The same for a task that frees space. A full disk has none for the record, and the task is done without it. */
export function writeUnfinishedIfRoom(name: SandboxName, task: Task): void {
  try {
    writeUnfinished(name, task);
  } catch (error) {
    if (!["ENOSPC", "EDQUOT"].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}

export const removeUnfinished = (name: SandboxName): void => {
  removeIfThere(unfinishedFile(name));
};

/** Records that everything is done. A record that is there, and could only not be flushed, is enough. */
export function writeDone(...names: readonly SandboxName[]): void {
  for (const name of names) {
    try {
      writeUnfinished(name, { kind: "done" });
    } catch (error) {
      if (!wasDone(name)) throw error;
    }
  }
}

/** Runs a task that leaves nothing when it fails, and its record only when it is killed. */
export async function undertake(name: SandboxName, task: Task, act: () => Promise<void>): Promise<void> {
  try {
    writeUnfinished(name, task);
    await act();
  } catch (error) {
    removeUnfinished(name);
    throw error;
  }
}

/**
 * Runs what follows when all is done, such as the message, and then forgets the task, even if this fails. So a killed
 * command can have missed only the output.
 */
export async function conclude(names: readonly SandboxName[], last: () => Promise<void> | void): Promise<void> {
  try {
    await last();
  } finally {
    names.forEach(removeUnfinished);
  }
}

/** Reads the task of a killed command, or of a running one, see `findHolder`. */
export function readUnfinished(name: SandboxName): Unfinished | undefined {
  // A user who is not root, and only looks, finds none.
  if (!existsSync(unfinishedFile(name))) return undefined;
  const text = orMissing(() => readFileSync(unfinishedFile(name), "utf8"));
  return text === undefined ? undefined : (JSON.parse(text) as Unfinished);
}

/** The same, if it was this very command. */
export function readOwnUnfinished(name: SandboxName): Task | undefined {
  const found = readUnfinished(name);
  if (found === undefined) return undefined;
  const { command, folder } = thisCommand();
  return JSON.stringify([found.command, found.folder]) === JSON.stringify([command, folder]) ? found.task : undefined;
}

/** Lists the sandboxes that a command like this one has left so that they cannot be used. Sorted. */
export const listOwnBroken = (): readonly SandboxName[] =>
  findOwn()
    .filter(({ task }) => isBroken(task))
    .map(({ name }) => name);

/** Finds what a command like this one has begun. Sorted by name. */
export const findOwn = (): readonly { readonly name: SandboxName; readonly task: Task }[] =>
  listMarked().flatMap((name) => {
    const task = readOwnUnfinished(name);
    return task === undefined ? [] : [{ name, task }];
  });

function listMarked(): readonly SandboxName[] {
  const prefix = ".unfinished-";
  try {
    const entries = readdirSync(stateRoot).filter((entry) => entry.startsWith(prefix));
    return entries
      .map((entry) => entry.slice(prefix.length))
      .filter(isSandboxName)
      .sort();
  } catch {
    // A user who is not root finds none.
    return [];
  }
}

/** Whether a command like this one was killed after it had done everything, and only the message is missing. */
export const wasDone = (name: SandboxName): boolean => readOwnUnfinished(name)?.kind === "done";

export const hashText = (text: string): string => createHash("sha256").update(text).digest("hex");

export const describeCommand = ({ command }: Pick<Unfinished, "command">): string => nameCommand(command);

/** Whether such a command, when killed, leaves a sandbox that cannot be used. */
export const isBroken = ({ kind }: Task): boolean =>
  kind === "making" || kind === "deleting" || kind === "renaming" || kind === "rolling back" || kind === "replacing";

/** The error for whoever wants to use a sandbox that a killed command left broken. */
export const describeBroken = (name: SandboxName, found: Unfinished): SandboxError =>
  new SandboxError(`sandbox ${name} is incomplete: \`${describeCommand(found)}\` was killed`, {
    hint: `Run it again, or delete the sandbox: sandboxcontainer delete ${name}`,
  });

/** Throws a SandboxError if a killed command left a sandbox in an unusable state. The caller must hold the name. */
export function requireWhole(name: SandboxName): void {
  const found = readUnfinished(name);
  if (found !== undefined && isBroken(found.task)) throw describeBroken(name, found);
}

/** The same for whoever does not hold it: a command that does may be making the sandbox. */
export async function requireWholeOrHeld(name: SandboxName): Promise<void> {
  if (!existsSync(unfinishedFile(name)) || (await findHolder(name)) !== undefined) return;
  requireWhole(name);
}
