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

/** A step, and whether it could be done. A directory that is not empty is not removed. */
export interface Done {
  readonly step: Step;
  readonly done: boolean;
}

/**
 * The folder with everything that an upgrade replaced or removed. It stays until the next upgrade that changes
 * something.
 */
export const keptFolder = (name: SandboxName): string => join(dirname(rootTree(name)), "replaced");

/**
 * Does the steps of a plan while no part of the sandbox runs. New files are made beside the tree, labelled like the
 * tree, synced to disk, and then renamed into place. Also returns what was put there.
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

/** The entry to make beside the tree for a step, if the step needs one. */
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

/** Takes owner and mode from the host, except where the sandbox changed them. */
function settle(tree: string, { path, base, next }: Step): Attributes {
  const found = lookUpInTree(tree, path);
  const choose = (key: keyof Attributes): number => {
    const [own, before, now] = [found?.[key], base?.[key], next?.[key]];
    return (own === undefined || own === before ? now : own) ?? 0;
  };
  return { owner: choose("owner"), group: choose("group"), mode: choose("mode") };
}

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

/** Puts removals last, deepest paths first. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const goes = ({ decision }: Step): boolean => decision === "remove";
  return [...steps.filter((step) => !goes(step)), ...steps.filter(goes).reverse()];
}

function place(name: SandboxName, step: Step, fresh: string, suffix: (path: string) => string): boolean {
  const { path, decision } = step;
  const [tree, kept, from] = [rootTree(name), keptFolder(name), join(fresh, path)];
  switch (decision) {
    case "add":
      // The content of a directory comes with it.
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
