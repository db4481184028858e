import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { once } from "../../../base/once.ts";
import { rootDirectory, rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { run } from "../../host/process/run.ts";
import type { FileEntry, ManifestEntry } from "../manifest/entry.ts";
import { removeLeftovers, treeTop } from "../populate/apply.ts";
import { type HostFacts, readHostFacts, type ReadUnitFacts } from "../populate/populate-sandbox.ts";
import { readUnitFacts } from "../populate/read-unit-facts.ts";
import { recordContent, type Recorded } from "../populate/record-content.ts";
import { writeTree } from "../populate/write-tree.ts";
import { readContext } from "../state.ts";
import { readHostContent } from "./plan-upgrade.ts";

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

/**
 * The requests of upgrades to the host. Each is read once for all sandboxes that are planned, so they see one state of
 * the host.
 */
export interface HostReader {
  readonly readFacts: () => Promise<HostFacts>;
  readonly readUnits: ReadUnitFacts;
  /** Reads a path below the host's root; undefined if there is no such file. */
  readonly readContent: (path: string) => FileEntry["content"];
}

/** Reads only when first asked. */
export const openHostReader = (
  sources: HostReader = {
    readFacts: readHostFacts,
    readUnits: readUnitFacts,
    readContent: readHostContent,
  },
): HostReader => {
  const readUnits = once((words: string) => {
    const [purpose = "", ...units] = words.split(" ");
    return sources.readUnits(units, purpose === "needed" ? "needed" : "asked");
  });
  const readFacts = once(() => sources.readFacts());
  return {
    readFacts: () => readFacts(""),
    readUnits: (units, purpose = "asked") => readUnits([purpose, ...units].join(" ")),
    readContent: once(sources.readContent),
  };
};
