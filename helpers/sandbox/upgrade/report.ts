import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { type Done, keptFolder } from "./apply-upgrade.ts";
import type { Step } from "./plan-upgrade.ts";

/** The results of an upgrade, or of its preview; the keys of its JSON. */
export interface Upgrade {
  readonly name: SandboxName;
  /** Packages of the sandbox that have changed; null means that the package is not there. */
  readonly packages: readonly { readonly name: string; readonly from: string | null; readonly to: string | null }[];
  readonly changes: readonly Change[];
  /** What the host has beyond its packages, and a new root would have, but this one does not get unasked. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  /** The folder with everything that was replaced or removed. */
  readonly kept: string | null;
}

interface Change {
  readonly path: string;
  readonly change: (typeof words)[Step["decision"]];
  readonly note?: string;
  /** Why a path comes in. */
  readonly reason?: string;
}

const words = {
  add: "added",
  replace: "updated",
  attributes: "owner and mode",
  merge: "merged",
  beside: "conflict",
  remove: "removed",
  "stay-removed": "stays removed",
  keep: "kept",
} as const;

const touches = new Set<Step["decision"]>(["replace", "merge", "beside", "remove"]);

/** The manifest of a root before, and what an upgrade leads to. */
interface Way {
  readonly name: SandboxName;
  readonly last: Manifest | undefined;
  readonly next: Manifest;
  readonly heldBack: readonly ManifestEntry[];
}

export function describeUpgrade(
  { name, last, next, heldBack }: Way,
  done: readonly Done[],
  suffix: (path: string) => string,
): Upgrade {
  const changes = done
    .map((each) => describeChange(each, suffix))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
  return {
    name,
    packages: comparePackages(last?.packages ?? [], next.packages),
    changes,
    leftOut: heldBack.map(({ path, reason }) => ({ path, reason })),
    kept: done.some(({ step }) => touches.has(step.decision)) ? keptFolder(name) : null,
  };
}

function describeChange({ step, done }: Done, suffix: (path: string) => string): Change {
  const { path, decision } = step;
  if (!done) return { path, change: "kept", note: "it is not empty, or something is in its place" };
  const why = decision === "add" && step.next !== undefined ? { reason: step.next.reason } : {};
  const notes = [...(step.note === undefined ? [] : [step.note]), ...describeOutcome(step, suffix)];
  return { path, change: words[decision], ...why, ...(notes.length === 0 ? {} : { note: notes.join("; ") }) };
}

function describeOutcome({ decision, path, next }: Step, suffix: (path: string) => string): readonly string[] {
  if (decision === "beside") return [`the sandbox's version stays, and the host's is in ${path}${suffix(path)}`];
  if (decision === "stay-removed") return ["changed on the host, but removed inside"];
  if (decision !== "keep") return [];
  return [
    next === undefined
      ? "gone on the host, but the sandbox has its own"
      : "changed on the host, but the sandbox has its own",
  ];
}

function comparePackages(before: Manifest["packages"], after: Manifest["packages"]): Upgrade["packages"] {
  const [old, now] = [before, after].map((some) => new Map(some.map((each) => [each.name, each.version])));
  const names = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort();
  return names
    .map((name) => ({ name, from: old?.get(name) ?? null, to: now?.get(name) ?? null }))
    .filter(({ from, to }) => from !== to);
}
