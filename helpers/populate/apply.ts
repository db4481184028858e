import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import { manifestFile, rootDirectory, rootTree, stateDirectory } from "../../generator/paths.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { formatManifest, readManifestPaths, type Manifest } from "../manifest/manifest.ts";
import { run } from "../run.ts";
import { replaceFile } from "../state.ts";
import { isOccupied, moveMissing } from "./merge-tree.ts";
import { writeTree } from "./write-tree.ts";

const isLeftover = (name: string): boolean => name.startsWith("root.new-") || name.endsWith(".new");

/**
 * Brings the sandbox's tree to what a manifest says. A new tree is built beside and renamed into place; one that exists
 * gets what is new to its manifest, and loses nothing. Killed at any point, the next run takes away what is half-made and
 * begins again: only the stamp says that all is done. Returns the manifest as it came out.
 */
export async function applyManifest(name: SandboxName, manifest: Manifest): Promise<Manifest> {
  const state = stateDirectory(name);
  const fresh = join(state, `root.new-${process.pid}`);
  removeLeftovers(state);
  try {
    return existsSync(rootTree(name)) ? await addTo(name, manifest, fresh) : await makeNew(name, manifest, fresh);
  } finally {
    removeLeftovers(state);
  }
}

async function makeNew(name: SandboxName, manifest: Manifest, fresh: string): Promise<Manifest> {
  const made = { ...manifest, entries: await writeTree([treeTop, ...manifest.entries], fresh, rootDirectory) };
  const applied = { ...made, entries: made.entries.filter((entry) => entry !== treeTop) };
  await flush(fresh);
  replaceFile(manifestFile(name), formatManifest(applied));
  renameSync(fresh, rootTree(name));
  return applied;
}

/** What the last manifest had and the tree has no more was removed inside, on purpose: it stays away. */
async function addTo(name: SandboxName, manifest: Manifest, fresh: string): Promise<Manifest> {
  const tree = rootTree(name);
  const before = existsSync(manifestFile(name))
    ? readManifestPaths(readFileSync(manifestFile(name), "utf8"))
    : new Set<string>();
  const isNew = (entry: ManifestEntry): boolean => !before.has(entry.path) && !isOccupied(tree, entry.path);
  const added = manifest.entries.filter(isNew).map(({ path }) => path);
  const needed = manifest.entries.filter((entry) =>
    added.some((path) => path === entry.path || path.startsWith(`${entry.path}/`)),
  );
  // A parent that was there before is made empty, whatever data it once came with.
  const bare = needed.map((entry) =>
    entry.kind === "directory" && !added.includes(entry.path) ? { ...entry, source: undefined } : entry,
  );
  const made = new Set((await writeTree([treeTop, ...bare], fresh, rootDirectory)).map(({ path }) => path));
  moveMissing(fresh, tree);
  await flush(tree);
  const applied = {
    ...manifest,
    entries: manifest.entries.filter(({ path }) => !added.includes(path) || made.has(path)),
  };
  replaceFile(manifestFile(name), formatManifest(applied));
  return applied;
}

const treeTop: ManifestEntry = {
  path: "/",
  kind: "directory",
  owner: 0,
  group: 0,
  mode: 0o755,
  source: undefined,
  reason: "",
};

/** On ext4 a renamed tree may outlive a crash while its files are still empty; syncfs(2) has no other name in Node. */
async function flush(tree: string): Promise<void> {
  await run("sync", ["--file-system", tree]);
}

function removeLeftovers(state: string): void {
  for (const name of readdirSync(state).filter(isLeftover)) rmSync(join(state, name), { recursive: true, force: true });
}
