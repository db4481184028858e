import { join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { rootDirectory, rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { mergeTexts } from "../compare/diff-texts.ts";
import { inspectInside } from "../compare/list-folder.ts";
import { isAccountFile } from "../manifest/accounts.ts";
import type { FileEntry, ManifestEntry } from "../manifest/entry.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { isText, largestText, readContent, readText } from "../populate/record-content.ts";
import { type Bases, readBases } from "../populate/service-packages.ts";
import { digestOf, readFromTree } from "../tree/look-up.ts";
import { compareEntries, decide, type Decision } from "./decide.ts";
import { type Groups, mergeAccounts } from "./merge-accounts.ts";

/** A path that an upgrade looks at. */
export interface Step {
  readonly path: string;
  readonly decision: Exclude<Decision, "none">;
  readonly base: ManifestEntry | undefined;
  readonly next: ManifestEntry | undefined;
  /** The merged text of both sides. */
  readonly merged?: string;
  /** A note for the user. */
  readonly note?: string;
}

/**
 * Manifests of a tree's content: the last one that was reached, and the one that an unfinished upgrade was aiming for.
 */
export interface Reached {
  readonly last: Manifest | undefined;
  readonly pending: Manifest | undefined;
}

/** Reads the host's current content of a path; undefined if there is no such file. */
export const readHostContent = (path: string): FileEntry["content"] =>
  orMissing(() => readContent(join(rootDirectory, path)));

/**
 * Adds the host's current content to the entries, with `read` by path, and leaves out files that vanished meanwhile.
 */
export function fillEntries(
  entries: readonly ManifestEntry[],
  read: (path: string) => FileEntry["content"] = readHostContent,
): readonly ManifestEntry[] {
  return entries.flatMap((entry): readonly ManifestEntry[] => {
    if (entry.kind !== "file" || "madeBy" in entry.source) return [entry];
    const { source } = entry;
    if ("text" in source) {
      const bytes = Buffer.from(source.text);
      return [{ ...entry, content: { size: bytes.length, digest: digestOf([bytes]) } }];
    }
    const content = read(source.copy);
    return content === undefined ? [] : [{ ...entry, content }];
  });
}

/** Lists everything that an upgrade has to do or to report, sorted by path. Reads the tree, and changes nothing. */
export async function planUpgrade(
  name: SandboxName,
  reached: Reached,
  next: readonly ManifestEntry[],
): Promise<readonly Step[]> {
  const tree = rootTree(name);
  const [last, pending, wanted] = [reached.last?.entries ?? [], reached.pending?.entries ?? [], next].map(byPath);
  const bases = readBases(name);
  const paths = [...new Set([...(last?.keys() ?? []), ...(pending?.keys() ?? []), ...(wanted?.keys() ?? [])])].sort();
  const steps: Step[] = [];
  for (const path of paths) {
    const base = chooseBase(tree, last?.get(path), pending?.get(path));
    const entry = wanted?.get(path);
    // Where the host is as before, an upgrade does nothing, whatever the sandbox has there. Nearly all paths are such.
    if (base !== undefined && entry !== undefined && compareEntries(base, entry).length === 0) continue;
    const decision = decide({
      base,
      next: entry,
      sinceBase: base === undefined ? undefined : inspectInside(tree, base),
      againstNext: entry === undefined ? undefined : inspectInside(tree, entry),
    });
    if (decision === "none") continue;
    const step = { path, decision, base, next: entry };
    steps.push(
      decision === "merge"
        ? await merge(name, step, bases, readGroups(name, last?.get(groupFile), wanted?.get(groupFile)))
        : step,
    );
  }
  return steps;
}

const byPath = (entries: readonly ManifestEntry[]): ReadonlyMap<string, ManifestEntry> =>
  new Map(entries.map((entry) => [entry.path, entry]));

/** Changes of the sandbox are measured against what a killed upgrade has already put there. */
function chooseBase(
  tree: string,
  last: ManifestEntry | undefined,
  pending: ManifestEntry | undefined,
): ManifestEntry | undefined {
  return pending !== undefined && inspectInside(tree, pending).state === "same" ? pending : last;
}

async function merge(name: SandboxName, step: Step, bases: Bases, groups: Groups): Promise<Step> {
  const { path, base, next } = step;
  if (base?.kind !== "file" || next?.kind !== "file") return step;
  const own = readFromTree(rootTree(name), path, largestText);
  const [before, now] = [readOld(base, bases), readNew(next)];
  if (own === undefined || !isText(own))
    return { ...step, decision: "beside", note: "it is not text, or it is too large" };
  if (before === undefined || now === undefined)
    return { ...step, decision: "beside", note: "its earlier content is not known, or is not text" };
  if (isAccountFile(path)) {
    const { text, clashes } = mergeAccounts(path, own.toString(), before, now, groups);
    const note =
      clashes.length === 0
        ? {}
        : {
            note: `not taken over, because another account has the id, or its group another name: ${clashes.join(", ")}`,
          };
    return { ...step, merged: text, ...note };
  }
  const merged = await mergeTexts(name, own.toString(), before, now);
  return merged === undefined
    ? { ...step, decision: "beside", note: "both sides changed the same lines" }
    : { ...step, merged };
}

const groupFile = "/etc/group";

/** A file of groups that the sandbox has not changed becomes the host's. */
function readGroups(name: SandboxName, base: ManifestEntry | undefined, next: ManifestEntry | undefined): Groups {
  const host = (next?.kind === "file" ? readNew(next) : undefined) ?? "";
  const isHosts = base !== undefined && inspectInside(rootTree(name), base).state === "same";
  const own = isHosts ? undefined : readFromTree(rootTree(name), groupFile, largestText);
  return { inside: own?.toString() ?? host, host };
}

function readOld({ source, content }: FileEntry, bases: Bases): string | undefined {
  if ("text" in source) return source.text;
  return content === undefined ? undefined : bases.get(content.digest);
}

function readNew({ source }: FileEntry): string | undefined {
  if ("text" in source) return source.text;
  return "copy" in source ? orMissing(() => readText(join(rootDirectory, source.copy))) : undefined;
}
