import { readFileSync } from "node:fs";
import { join } from "node:path";
import { orMissing, removeIfThere } from "../../../base/files.ts";
import { rootTree, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Aspect, Comparison } from "../compare/list-folder.ts";
import { isAccountFile } from "../manifest/accounts.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { isConfiguration, largestText } from "../populate/record-content.ts";
import { replaceFile } from "../state.ts";
import { lookUpInTree, readFromTree } from "../tree/look-up.ts";

/** The facts about a path after the host's packages may have changed. */
export interface Facts {
  /** The entry as it was put there; undefined if it never was. */
  readonly base: ManifestEntry | undefined;
  /** The host's current entry; undefined if it no longer belongs in the root. */
  readonly next: ManifestEntry | undefined;
  /** The sandbox's version, compared with each of them. */
  readonly sinceBase: Comparison | undefined;
  readonly againstNext: Comparison | undefined;
}

export type Decision =
  /** Nothing to do. */
  | "none"
  /** The host's version comes in, because there is nothing. */
  | "add"
  /** The host's version replaces an entry that the sandbox did not change. */
  | "replace"
  /** Only owner and mode are updated. */
  | "attributes"
  /** Both changed it. The result is a merged text, or a conflict. */
  | "merge"
  /** The sandbox's version stays, with the host's beside it. */
  | "beside"
  /** It is gone on the host, and unchanged inside. */
  | "remove"
  /** It changed on the host, and was removed inside: it stays away. */
  | "stay-removed"
  /** It changed or vanished on the host, but the sandbox has its own. */
  | "keep";

const substance: ReadonlySet<Aspect> = new Set(["kind", "content", "target"]);

const isSubstantial = (aspects: readonly Aspect[]): boolean => aspects.some((aspect) => substance.has(aspect));
const aspectsOf = (comparison: Comparison | undefined): readonly Aspect[] =>
  comparison?.state === "changed" ? comparison.aspects : [];

/** Data and identity belong to the sandbox. Configuration that the sandbox did not change follows the host. */
export function decide(facts: Facts): Decision {
  const { base, next, sinceBase, againstNext } = facts;
  if (next === undefined) return base === undefined ? "none" : decideVanished(base, sinceBase);
  if (next.source !== undefined && "madeBy" in next.source) return "none";
  if (againstNext?.state === "same") return "none";
  if (base === undefined) return decideNew(next, againstNext);
  const onHost = compareEntries(base, next);
  if (onHost.length === 0) return "none";
  if (sinceBase?.state === "missing") return isSubstantial(onHost) ? "stay-removed" : "none";
  const inside = aspectsOf(sinceBase);
  if (!isSubstantial(onHost)) return inside.includes("kind") ? "none" : "attributes";
  return isSubstantial(inside) ? decideBoth(base, next, inside) : "replace";
}

function decideVanished(base: ManifestEntry, sinceBase: Comparison | undefined): Decision {
  if (sinceBase?.state === "missing") return "none";
  // A directory with a source came with data, which stays.
  if (base.kind === "directory") return base.source === undefined ? "remove" : "keep";
  if ("madeBy" in base.source) return "keep";
  return isSubstantial(aspectsOf(sinceBase)) ? "keep" : "remove";
}

function decideNew(next: ManifestEntry, againstNext: Comparison | undefined): Decision {
  if (againstNext?.state === "missing") return "add";
  const isOther = isSubstantial(aspectsOf(againstNext));
  return isOther && next.kind === "file" && isConfiguration(next) ? "beside" : "none";
}

function decideBoth(base: ManifestEntry, next: ManifestEntry, inside: readonly Aspect[]): Decision {
  const areFiles = base.kind === "file" && next.kind === "file" && !inside.includes("kind");
  if (areFiles) return isConfiguration(next) || isAccountFile(next.path) ? "merge" : "keep";
  return next.kind === "file" && isConfiguration(next) ? "beside" : "keep";
}

/** Finds the aspects in which two entries of a path differ. */
export function compareEntries(base: ManifestEntry, next: ManifestEntry): readonly Aspect[] {
  if (base.kind !== next.kind) return ["kind"];
  const aspects: Aspect[] = [];
  if (base.kind === "file" && next.kind === "file" && base.content?.digest !== next.content?.digest)
    aspects.push("content");
  if (base.kind === "link" && next.kind === "link" && base.source.link !== next.source.link) aspects.push("target");
  if (base.kind !== "link" && base.mode !== next.mode) aspects.push("mode");
  if (base.owner !== next.owner || base.group !== next.group) aspects.push("owner");
  return aspects;
}

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
