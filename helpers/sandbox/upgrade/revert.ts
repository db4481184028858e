import { lstatSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { manifestFile, rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { inspectInside } from "../compare/list-folder.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { formatManifest, type Manifest, sortByPath } from "../manifest/manifest.ts";
import { readBases, writeBases } from "../populate/service-packages.ts";
import { replaceFile } from "../state.ts";
import { lookUpInTree } from "../tree/look-up.ts";
import { keptFolder } from "./apply-upgrade.ts";
import { forgetConflicts } from "./decide.ts";
import { makeBeside, withoutData } from "./make-beside.ts";
import { addToTree, clearKept, replaceInTree, setAttributes } from "./place.ts";

/** What became of a path. */
export interface Reverted {
  readonly path: string;
  /** Whether it was changed. */
  readonly reverted: boolean;
  /** Where the sandbox's version is now; null if there was none. */
  readonly kept: string | null;
  readonly error: SandboxError | null;
}

/**
 * Gives paths of a root what `create` would put there now (`next`), while no part of the sandbox runs. `last` is the
 * manifest of the root; it then has what was put there.
 */
export async function revertPaths(
  name: SandboxName,
  paths: readonly string[],
  last: Manifest,
  next: readonly ManifestEntry[],
): Promise<readonly Reverted[]> {
  const tree = rootTree(name);
  const known = new Map(next.map((entry) => [entry.path, entry]));
  const wanted = [...new Set(paths)]
    .sort()
    .flatMap((path) => known.get(path) ?? [])
    .filter(canBePut);
  const different = wanted.filter((entry) => inspectInside(tree, entry).state !== "same");
  const made = different.flatMap((entry) => [
    ...listMissingParents(tree, entry.path, known),
    emptyIfThere(tree, entry),
  ]);
  const { result: outcomes, recorded } = await makeBeside(name, made, next, (fresh) => {
    for (const { path } of made)
      if (!different.some((entry) => entry.path === path)) addToTree(tree, path, join(fresh, path));
    return different.map((entry) => place(name, entry, fresh));
  });
  const done = new Set(outcomes.filter(({ reverted }) => reverted).map(({ path }) => path));
  const put = recorded.entries
    .filter(({ path }) => done.has(path))
    .map((entry) => (entry.kind === "directory" ? (known.get(entry.path) ?? entry) : entry));
  const same = wanted.filter((entry) => !different.includes(entry));
  writeBases(name, new Map([...readBases(name), ...recorded.bases]));
  replaceFile(manifestFile(name), formatManifest(withEntries(last, [...same, ...put])));
  forgetConflicts(
    name,
    [...same, ...put].map(({ path }) => path),
  );
  const byPath = new Map(outcomes.map((each) => [each.path, each]));
  return paths.map((path) => byPath.get(path) ?? describeRest(name, path, known.get(path), last));
}

const canBePut = (entry: ManifestEntry): boolean => !(entry.kind === "file" && "madeBy" in entry.source);

// Data of the host comes only into a folder that is not there.
const emptyIfThere = (tree: string, entry: ManifestEntry): ManifestEntry =>
  lookUpInTree(tree, entry.path) === undefined ? entry : withoutData(entry);

/** The folders above a path that the sandbox removed. */
function listMissingParents(
  tree: string,
  path: string,
  known: ReadonlyMap<string, ManifestEntry>,
): readonly ManifestEntry[] {
  const names = path.split("/").slice(1, -1);
  const parents = names.map((_, index) => `/${names.slice(0, index + 1).join("/")}`);
  return parents
    .filter((parent) => lookUpInTree(tree, parent) === undefined)
    .flatMap((parent) => known.get(parent) ?? [])
    .map(withoutData);
}

function place(name: SandboxName, entry: ManifestEntry, fresh: string): Reverted {
  const { path } = entry;
  const [tree, kept, from] = [rootTree(name), keptFolder(name), join(fresh, path)];
  const done: Reverted = { path, reverted: true, kept: null, error: null };
  const found = lookUpInTree(tree, path);
  const isFolder = found?.kind === "directory";
  if (lstatSync(from, { throwIfNoEntry: false }) === undefined)
    // It has come with its folder, or it has vanished from the host.
    return inspectInside(tree, entry).state === "same" ? done : refuse(path, "the host no longer has it", name);
  if (isFolder && entry.kind === "directory") {
    setAttributes(tree, path, entry);
    return done;
  }
  if (found === undefined)
    return addToTree(tree, path, from) ? done : refuse(path, "something above it is not a folder", name);
  // An upgrade, or an earlier revert, has kept another version of it.
  clearKept(kept, path);
  if (!replaceInTree(tree, path, from, kept)) return refuse(path, "a folder that is not empty is in its place", name);
  return isFolder ? done : { ...done, kept: join(kept, path) };
}

function describeRest(name: SandboxName, path: string, entry: ManifestEntry | undefined, last: Manifest): Reverted {
  if (entry !== undefined && canBePut(entry)) return { path, reverted: false, kept: null, error: null };
  if (entry !== undefined) return refuse(path, "a script of its package makes it inside", name);
  const wasPut = last.entries.some((each) => each.path === path);
  return refuse(path, wasPut ? "the host no longer has it" : "it is not of the host", name);
}

const refuse = (path: string, why: string, name: SandboxName): Reverted => ({
  ...{ path, reverted: false, kept: null },
  error: new SandboxError(`${path} cannot be put back: ${why}`, {
    hint: `See \`sandboxcontainer why ${name} ${path}\``,
  }),
});

const withEntries = (manifest: Manifest, put: readonly ManifestEntry[]): Manifest => ({
  ...manifest,
  entries: sortByPath(new Map([...manifest.entries, ...put].map((entry) => [entry.path, entry])).values()),
});
