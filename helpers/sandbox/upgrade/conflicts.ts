import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rootTree, stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { removeIfThere } from "../../host/remove-if-there.ts";
import { largestText } from "../populate/record-content.ts";
import { replaceFile } from "../state.ts";
import { lookUpInTree, readFromTree } from "../tree/look-up.ts";

/** A path that an upgrade left as the sandbox has it, and where it put the host's version. */
export interface Conflict {
  readonly path: string;
  readonly beside: string;
}

const conflictsFile = (name: SandboxName): string => join(stateDirectory(name), "conflicts.json");

/**
 * Lists the conflicts of upgrades that nobody has resolved yet, by path. One is resolved when the host's version beside
 * it is gone, or is the same.
 */
export function readConflicts(name: SandboxName): readonly Conflict[] {
  const text = orMissing(() => readFileSync(conflictsFile(name), "utf8"));
  if (text === undefined) return [];
  const tree = rootTree(name);
  return parseConflicts(text).filter((conflict) => !isResolved(tree, conflict));
}

function isResolved(tree: string, { path, beside }: Conflict): boolean {
  // An image that is not mounted says nothing.
  if (lookUpInTree(tree, "/etc") === undefined) return false;
  if (lookUpInTree(tree, beside) === undefined) return true;
  const [own, other] = [path, beside].map((each) => readFromTree(tree, each, largestText));
  return own !== undefined && other !== undefined && own.equals(other);
}

/** Adds conflicts to those that are not resolved. */
export function addConflicts(name: SandboxName, fresh: readonly Conflict[]): void {
  const paths = new Set(fresh.map(({ path }) => path));
  writeConflicts(name, [...readConflicts(name).filter(({ path }) => !paths.has(path)), ...fresh]);
}

/** Forgets conflicts of paths that have the host's version now. */
export function forgetConflicts(name: SandboxName, paths: readonly string[]): void {
  writeConflicts(
    name,
    readConflicts(name).filter(({ path }) => !paths.includes(path)),
  );
}

function writeConflicts(name: SandboxName, conflicts: readonly Conflict[]): void {
  const sorted = [...conflicts].sort((one, other) => (one.path < other.path ? -1 : 1));
  if (sorted.length === 0) removeIfThere(conflictsFile(name));
  else replaceFile(conflictsFile(name), `${JSON.stringify(sorted)}\n`);
}

/** Reads what `writeConflicts` wrote. It is only for people, so a damaged file has none. */
export function parseConflicts(text: string): readonly Conflict[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter(isConflict).map(({ path, beside }) => ({ path, beside })) : [];
}

function isConflict(value: unknown): value is Conflict {
  if (typeof value !== "object" || value === null) return false;
  const { path, beside } = value as Partial<Record<keyof Conflict, unknown>>;
  return [path, beside].every((each) => typeof each === "string" && /^(\/[^/\0]+)+$/.test(each));
}
