import { lstatSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { Recorded } from "../populate/record-content.ts";
import { lookUpInTree } from "../tree/look-up.ts";
import { makeBeside, withoutData } from "./make-beside.ts";
import { addToTree, type Attributes, removeFromTree, replaceInTree, setAttributes } from "./place.ts";
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

/** Does the steps of a plan while no part of the sandbox runs. Also returns what was put there. */
export async function applySteps(
  name: SandboxName,
  steps: readonly Step[],
  next: readonly ManifestEntry[],
  suffix: (path: string) => string,
): Promise<{ readonly done: readonly Done[]; readonly recorded: Recorded }> {
  const tree = rootTree(name);
  mkdirSync(keptFolder(name), { recursive: true, mode: 0o700 });
  const wanted = steps.flatMap((step) => prepare(tree, step, suffix));
  const { result, recorded } = await makeBeside(name, wanted, next, (fresh) =>
    inOrder(steps).map((step): Done => ({ step, done: place(name, step, fresh, suffix) })),
  );
  return { done: result, recorded };
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

/** Takes owner and mode from the host, except where the sandbox changed them. */
function settle(tree: string, { path, base, next }: Step): Attributes {
  const found = lookUpInTree(tree, path);
  const choose = (key: keyof Attributes): number => {
    const [own, before, now] = [found?.[key], base?.[key], next?.[key]];
    return (own === undefined || own === before ? now : own) ?? 0;
  };
  return { owner: choose("owner"), group: choose("group"), mode: choose("mode") };
}

/** Puts removals last, deepest paths first. A directory that becomes something else has to be empty by then. */
function inOrder(steps: readonly Step[]): readonly Step[] {
  const goes = ({ decision, base, next }: Step): boolean =>
    decision === "remove" || (decision === "replace" && base?.kind === "directory" && next?.kind !== "directory");
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
