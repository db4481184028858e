import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { rootDirectory, rootTree } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { run } from "../../host/run.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { removeLeftovers, treeTop } from "../populate/apply.ts";
import { recordContent, type Recorded } from "../populate/record-content.ts";
import { writeTree } from "../populate/write-tree.ts";
import { readContext } from "../state.ts";

/**
 * Makes entries in a new folder beside the tree, labels them like the tree and syncs them to disk, and runs `place`, which
 * renames them into the tree. `next` has their parents. Also returns what was made.
 */
export async function makeBeside<T>(
  name: SandboxName,
  wanted: readonly ManifestEntry[],
  next: readonly ManifestEntry[],
  place: (fresh: string) => T,
): Promise<{ readonly result: T; readonly recorded: Recorded }> {
  const tree = rootTree(name);
  const fresh = join(dirname(tree), `root.new-${process.pid}`);
  removeLeftovers(name);
  try {
    const made = await writeTree([treeTop, ...withParents(wanted, next)], fresh, rootDirectory, () => undefined);
    const recorded = recordContent(
      made.filter((entry) => entry !== treeTop),
      fresh,
    );
    await label(name, fresh);
    await run("sync", ["--file-system", fresh]);
    const result = place(fresh);
    rmSync(fresh, { recursive: true });
    await run("sync", ["--file-system", tree]);
    return { result, recorded };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

export const withoutData = (entry: ManifestEntry): ManifestEntry =>
  entry.kind === "directory" ? { ...entry, source: undefined } : entry;

/** Adds the parent directories of the wanted entries. They are in the tree already, and only hold the new files. */
function withParents(wanted: readonly ManifestEntry[], next: readonly ManifestEntry[]): readonly ManifestEntry[] {
  const made = new Map(wanted.map((entry) => [entry.path, entry]));
  const directories = new Map(next.filter(({ kind }) => kind === "directory").map((entry) => [entry.path, entry]));
  for (const { path } of wanted) {
    for (let parent = dirname(path); parent !== "/" && !made.has(parent); parent = dirname(parent)) {
      const entry = directories.get(parent);
      if (entry !== undefined) made.set(parent, withoutData(entry));
    }
  }
  return [...made.values()].sort((one, other) => (one.path < other.path ? -1 : 1));
}

/**
 * Gives new files the label of the tree, which `label` set. Otherwise they have the label of the process that made
 * them.
 */
async function label(name: SandboxName, fresh: string): Promise<void> {
  const context = readContext(name);
  if (context !== null) await run("chcon", ["--recursive", "-P", "--no-dereference", "--", context, fresh]);
}
