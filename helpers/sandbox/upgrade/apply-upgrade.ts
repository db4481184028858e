import { lstatSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { rootDirectory, rootTree } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { removeLeftovers, treeTop } from "../populate/apply.ts";
import { recordContent, type Recorded } from "../populate/record-content.ts";
import { writeTree } from "../populate/write-tree.ts";
import { run } from "../../host/run.ts";
import { readContext } from "../state.ts";
import { lookUpInTree } from "../tree/look-up.ts";
import { addToTree, removeFromTree, replaceInTree, setAttributes, type Attributes } from "./place.ts";
import type { Step } from "./plan-upgrade.ts";

/** A step and whether it could be done; a directory with something in it is not taken away. */
export interface Done {
  readonly step: Step;
  readonly done: boolean;
}

/** Where what an upgrade replaced or removed is kept, until the next one that changes something. */
export const keptFolder = (name: SandboxName): string => join(dirname(rootTree(name)), "replaced");

/**
 * Does the steps of a plan while nothing of the sandbox runs: what comes in is made beside the tree, labelled as the tree is,
 * on disk, and then renamed into its place. Returns what was put there as well.
 */
export async function applySteps(
  name: SandboxName,
  steps: readonly Step[],
  next: readonly ManifestEntry[],
  suffix: (path: string) => string,
): Promise<{ readonly done: readonly Done[]; readonly recorded: Recorded }> {
  const tree = rootTree(name);
  const fresh = join(dirname(tree), `root.new-${process.pid}`);
  removeLeftovers(name);
  mkdirSync(keptFolder(name), { recursive: true, mode: 0o700 });
  try {
    const wanted = steps.flatMap((step) => prepare(tree, step, suffix));
    const made = await writeTree([treeTop, ...withParents(wanted, next)], fresh, rootDirectory, () => undefined);
    const recorded = recordContent(
      made.filter((entry) => entry !== treeTop),
      fresh,
    );
    await label(name, fresh);
    await run("sync", ["--file-system", fresh]);
    const done = inOrder(steps).map((step): Done => ({ step, done: place(name, step, fresh, suffix) }));
    await run("sync", ["--file-system", tree]);
    return { done, recorded };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** The entry to make beside the tree for a step, if it needs one. */
function prepare(tree: string, step: Step, suffix: (path: string) => string): readonly ManifestEntry[] {
  const { decision, path, next } = step;
  if (next === undefined) return [];
  switch (decision) {
    case "add":
      return [next];
    case "replace":
      return [{ ...withoutData(next), ...settle(tree, step) }];
    case "merge":
      return next.kind === "file" && step.merged !== undefined
        ? [{ ...next, ...settle(tree, step), source: { text: step.merged } }]
        : [];
    case "beside":
      return [{ ...next, path: path + suffix(path) }];
    case "attributes":
    case "remove":
    case "stay-removed":
    case "keep":
      return [];
  }
}

const withoutData = (entry: ManifestEntry): ManifestEntry =>
  entry.kind === "directory" ? { ...entry, source: undefined } : entry;

/** Owner and mode: the host's, but what the sandbox changed. */
function settle(tree: string, { path, base, next }: Step): Attributes {
  const found = lookUpInTree(tree, path);
  const choose = (key: keyof Attributes): number => {
    const [own, before, now] = [found?.[key], base?.[key], next?.[key]];
    return (own === undefined || own === before ? now : own) ?? 0;
  };
  return { owner: choose("owner"), group: choose("group"), mode: choose("mode") };
}

/** With the directories that lead there: those are in the tree already, and only hold what is made. */
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

/** The tree's own label, as `label` gave it: files of a new tree have their maker's. */
async function label(name: SandboxName, fresh: string): Promise<void> {
  const context = readContext(name);
  if (context !== null) await run("chcon", ["--recursive", "-P", "--no-dereference", "--", context, fresh]);
}

/** What goes, goes last, and the deepest first. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const goes = ({ decision }: Step): boolean => decision === "remove";
  return [...steps.filter((step) => !goes(step)), ...steps.filter(goes).reverse()];
}

function place(name: SandboxName, step: Step, fresh: string, suffix: (path: string) => string): boolean {
  const { path, decision } = step;
  const [tree, kept, from] = [rootTree(name), keptFolder(name), join(fresh, path)];
  switch (decision) {
    case "add":
      // With a directory comes what is in it.
      return lstatSync(from, { throwIfNoEntry: false }) === undefined || addToTree(tree, path, from);
    case "replace":
    case "merge":
      return replaceInTree(tree, path, from, kept);
    case "beside": {
      const beside = path + suffix(path);
      return addToTree(tree, beside, join(fresh, beside)) || replaceInTree(tree, beside, join(fresh, beside), kept);
    }
    case "attributes":
      setAttributes(tree, path, settle(tree, step));
      return true;
    case "remove":
      return removeFromTree(tree, path, kept);
    case "stay-removed":
    case "keep":
      return true;
  }
}
