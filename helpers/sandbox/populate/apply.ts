import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { copyingFile, manifestFile, rootDirectory, rootTree, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { run } from "../../host/process/run.ts";
import { hasImage } from "../image/mount-image.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { formatManifest, type Manifest, readManifest, sortByPath } from "../manifest/manifest.ts";
import { readContext, replaceFile } from "../state.ts";
import { hasContent } from "../tree/look-up.ts";
import { measureData, requireRoom, type Warn } from "./copy-data.ts";
import { recordContent, type Recorded } from "./record-content.ts";
import { readBases, writeBases } from "./service-packages.ts";
import { isOccupied, moveMissing, writeTree } from "./write-tree.ts";

const isLeftover = (name: string): boolean => /\.new(-|$)/.test(name);

/**
 * Brings the sandbox's tree to the state of a manifest. A new tree is built beside and renamed into place. An existing
 * tree gets the entries that are new in its manifest, and loses nothing. If this is killed at any point, the next run
 * removes what is half-made and begins again: only the stamp says that everything is done. Returns the manifest with
 * its actual content.
 */
export async function applyManifest(name: SandboxName, manifest: Manifest, warn: Warn): Promise<Manifest> {
  // The new tree is beside the old one, which may be in an image: a rename cannot move it in from another file system.
  const fresh = join(dirname(rootTree(name)), `root.new-${process.pid}`);
  removeLeftovers(name);
  try {
    return existsSync(rootTree(name))
      ? await addTo(name, manifest, fresh, warn)
      : await makeNew(name, manifest, fresh, warn);
  } finally {
    removeLeftovers(name);
  }
}

async function makeNew(name: SandboxName, manifest: Manifest, fresh: string, warn: Warn): Promise<Manifest> {
  const { entries, bases } = await build(name, manifest.entries, fresh, warn);
  const applied = { ...manifest, entries };
  await flush(fresh);
  writeBases(name, bases);
  replaceFile(manifestFile(name), formatManifest(applied));
  renameSync(fresh, rootTree(name));
  return applied;
}

/**
 * If the last manifest lists a path that the tree no longer has, it was removed inside on purpose, so it stays away.
 */
async function addTo(name: SandboxName, manifest: Manifest, fresh: string, warn: Warn): Promise<Manifest> {
  const tree = rootTree(name);
  const before = new Map((readManifest(name)?.entries ?? []).map((entry) => [entry.path, entry]));
  const unlisted = manifest.entries.filter(({ path }) => !before.has(path));
  const added = pathsOf(unlisted.filter(({ path }) => !isOccupied(tree, path)));
  // A run that was killed may have put these there. They are ours if they are what would be made now.
  const found = pathsOf(unlisted.filter(({ kind, path }) => kind === "file" && !added.has(path)));
  const made = [...added, ...found];
  const needed = manifest.entries.filter(({ path }) =>
    made.some((each) => path === each || each.startsWith(`${path}/`)),
  );
  // A parent that existed before is made empty, whatever data it once came with.
  const bare = needed.map((entry) =>
    entry.kind === "directory" && !added.has(entry.path) ? { ...entry, source: undefined } : entry,
  );
  const { entries, bases } = await build(name, bare, fresh, warn);
  // What is in the tree is not made again, so it must not be empty after a power cut.
  if (added.size > 0) await flush(fresh);
  moveMissing(fresh, tree);
  rmSync(fresh, { recursive: true });
  await flush(tree);
  // An entry stays as it was put there, even if the host now has another or the conf no longer asks for it.
  const after = new Map(manifest.entries.filter(({ path }) => !added.has(path)).map((entry) => [entry.path, entry]));
  const isOurs = (entry: ManifestEntry): boolean =>
    added.has(entry.path) || (found.has(entry.path) && isAsMade(tree, entry));
  for (const entry of entries.filter(isOurs)) after.set(entry.path, entry);
  for (const entry of before.values()) after.set(entry.path, entry);
  const applied = { ...manifest, entries: sortByPath(after.values()) };
  writeBases(name, new Map([...readBases(name), ...bases]));
  replaceFile(manifestFile(name), formatManifest(applied));
  return applied;
}

const pathsOf = (entries: readonly ManifestEntry[]): ReadonlySet<string> => new Set(entries.map(({ path }) => path));

const isAsMade = (tree: string, entry: ManifestEntry): boolean =>
  entry.kind === "file" && entry.content !== undefined && hasContent(tree, entry.path, entry.content);

/**
 * Makes entries in a new tree. Returns the entries that it made, each file with its content, and the text of
 * configuration.
 */
async function build(
  name: SandboxName,
  entries: readonly ManifestEntry[],
  fresh: string,
  warn: Warn,
): Promise<Recorded> {
  await announceCopy(name, entries, fresh);
  mkdirSync(fresh);
  chmodSync(fresh, 0o755);
  // New files in the folder inherit its label. If the sandbox already has a label, nothing is labelled afterwards.
  const context = readContext(name);
  if (context !== null) await run("chcon", ["--", context, fresh]);
  return recordContent(await writeTree(entries, fresh, rootDirectory, warn), fresh);
}

/** Refuses data that does not fit, and reports how much there is to copy. */
async function announceCopy(name: SandboxName, entries: readonly ManifestEntry[], fresh: string): Promise<void> {
  const sources = entries.flatMap(({ source }) =>
    source !== undefined && "copyTree" in source ? [join(rootDirectory, source.copyTree)] : [],
  );
  const bytes = await measureData(sources);
  requireRoom(bytes, sources, dirname(fresh), hasImage(name) ? "image" : "folder");
  if (bytes > 0) replaceFile(copyingFile(name), `${bytes}\n`);
}

/** The top folder of the tree, for callers that make one. */
export const treeTop: ManifestEntry = {
  path: "/",
  kind: "directory",
  owner: 0,
  group: 0,
  mode: 0o755,
  source: undefined,
  reason: "",
};

/**
 * On ext4 a renamed tree may survive a crash while its files are still empty. Node offers syncfs(2) only through the
 * sync program.
 */
async function flush(tree: string): Promise<void> {
  await run("sync", ["--file-system", tree]);
}

/** Removes the leftovers of a killed run. */
export function removeLeftovers(name: SandboxName): void {
  for (const folder of new Set([stateDirectory(name), dirname(rootTree(name))])) {
    for (const entry of readdirSync(folder).filter(isLeftover))
      rmSync(join(folder, entry), { recursive: true, force: true });
  }
}
