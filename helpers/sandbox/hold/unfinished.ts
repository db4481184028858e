import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { unfinishedFile } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { replaceFile } from "../state.ts";
import { nameCommand } from "./name-command.ts";
import { orMissing } from "../../host/or-missing.ts";

/**
 * What a command is about that changes a whole sandbox. Written down before it begins and removed when it has ended, so that what is there belongs
 * to one that was killed: the next one like it finishes that, or begins anew.
 */
export type Task =
  /** Of a sandbox that was not there before. `conf` is the hash of the conf that is written: another one is somebody else's. */
  | { readonly kind: "making"; readonly conf: string }
  | { readonly kind: "deleting" }
  | { readonly kind: "renaming"; readonly old: SandboxName; readonly name: SandboxName }
  | { readonly kind: "rolling back"; readonly snapshot: string }
  /** A snapshot appears in one piece: if it is there it is whole. */
  | { readonly kind: "keeping"; readonly snapshot: string }
  /** So does an archive, which is written beside. */
  | { readonly kind: "exporting"; readonly file: string; readonly beside: string }
  /** All is made; it was about to say so. */
  | { readonly kind: "done" };

export interface Unfinished {
  readonly command: readonly string[];
  /** The folder in which it ran. */
  readonly folder: string;
  readonly task: Task;
}

const thisCommand = (): Pick<Unfinished, "command" | "folder"> => ({
  command: process.argv.slice(2),
  folder: process.cwd(),
});

export const writeUnfinished = (name: SandboxName, task: Task): void => {
  replaceFile(unfinishedFile(name), `${JSON.stringify({ ...thisCommand(), task })}\n`);
};

/** To be called last: what is said after it is all that a killed command may have left out. */
export const removeUnfinished = (name: SandboxName): void => {
  rmSync(unfinishedFile(name), { force: true });
};

/** What a killed command left; or one that runs is about, see `findHolder`. */
export function readUnfinished(name: SandboxName): Unfinished | undefined {
  // Whoever is not root, and only looks, finds none.
  if (!existsSync(unfinishedFile(name))) return undefined;
  const text = orMissing(() => readFileSync(unfinishedFile(name), "utf8"));
  return text === undefined ? undefined : (JSON.parse(text) as Unfinished);
}

/** The same, if the command was this one. */
export function readOwnUnfinished(name: SandboxName): Task | undefined {
  const found = readUnfinished(name);
  if (found === undefined) return undefined;
  const { command, folder } = thisCommand();
  return JSON.stringify([found.command, found.folder]) === JSON.stringify([command, folder]) ? found.task : undefined;
}

/** Whether a command like this one did all before it was killed, and had only to say so. */
export const wasDone = (name: SandboxName): boolean => readOwnUnfinished(name)?.kind === "done";

export const hashText = (text: string): string => createHash("sha256").update(text).digest("hex");

export const describeCommand = ({ command }: Pick<Unfinished, "command">): string => nameCommand(command);

/** The same as `launch` looks for. */
export const isBroken = ({ kind }: Task): boolean =>
  kind === "making" || kind === "deleting" || kind === "renaming" || kind === "rolling back";
