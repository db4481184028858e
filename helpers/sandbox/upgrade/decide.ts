import type { Aspect, Comparison } from "../compare/inspect-entry.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { isAccountFile } from "../manifest/accounts.ts";
import { isConfiguration } from "../populate/record-content.ts";

/** What is known of a path when the host's packages may have changed. */
export interface Facts {
  /** As it was put there; undefined if it never was. */
  readonly base: ManifestEntry | undefined;
  /** As the host has it now; undefined if nothing of it belongs into the root any more. */
  readonly next: ManifestEntry | undefined;
  /** What the sandbox has, against either. */
  readonly sinceBase: Comparison | undefined;
  readonly againstNext: Comparison | undefined;
}

export type Decision =
  /** Nothing to do. */
  | "none"
  /** The host's comes in, where there is nothing. */
  | "add"
  /** The host's takes the place of what the sandbox left as it was. */
  | "replace"
  /** Only owner and mode follow. */
  | "attributes"
  /** Both changed it: a text of both, or a conflict. */
  | "merge"
  /** The sandbox's stays, with the host's beside it. */
  | "beside"
  /** Gone on the host, and left as it was inside. */
  | "remove"
  /** Changed on the host, and removed inside: it stays away. */
  | "stay-removed"
  /** Changed on the host or gone there, and the sandbox's own. */
  | "keep";

const substance: ReadonlySet<Aspect> = new Set(["kind", "content", "target"]);

const isSubstantial = (aspects: readonly Aspect[]): boolean => aspects.some((aspect) => substance.has(aspect));
const aspectsOf = (comparison: Comparison | undefined): readonly Aspect[] =>
  comparison?.state === "changed" ? comparison.aspects : [];

/** Data and identity are the sandbox's own; configuration that it left alone is the host's. */
export function decide(facts: Facts): Decision {
  const { base, next, sinceBase, againstNext } = facts;
  if (next === undefined) return base === undefined ? "none" : decideVanished(base, sinceBase);
  if (next.source !== undefined && "madeBy" in next.source) return "none";
  if (againstNext?.state === "same") return "none";
  if (base === undefined) return decideNew(next, againstNext);
  const onHost = compareEntries(base, next);
  if (onHost.length === 0) return "none";
  if (sinceBase?.state === "missing") return isSubstantial(onHost) ? "stay-removed" : "none";
  const inside = aspectsOf(sinceBase);
  if (!isSubstantial(onHost)) return inside.includes("kind") ? "none" : "attributes";
  return isSubstantial(inside) ? decideBoth(base, next, inside) : "replace";
}

function decideVanished(base: ManifestEntry, sinceBase: Comparison | undefined): Decision {
  if (sinceBase?.state === "missing") return "none";
  // With all its data.
  if (base.kind === "directory") return base.source === undefined ? "remove" : "keep";
  if ("madeBy" in base.source) return "keep";
  return isSubstantial(aspectsOf(sinceBase)) ? "keep" : "remove";
}

function decideNew(next: ManifestEntry, againstNext: Comparison | undefined): Decision {
  if (againstNext?.state === "missing") return "add";
  const isOther = isSubstantial(aspectsOf(againstNext));
  return isOther && next.kind === "file" && isConfiguration(next) ? "beside" : "none";
}

function decideBoth(base: ManifestEntry, next: ManifestEntry, inside: readonly Aspect[]): Decision {
  const areFiles = base.kind === "file" && next.kind === "file" && !inside.includes("kind");
  if (areFiles) return isConfiguration(next) || isAccountFile(next.path) ? "merge" : "keep";
  return next.kind === "file" && isConfiguration(next) ? "beside" : "keep";
}

/** In what two entries of a path differ. */
export function compareEntries(base: ManifestEntry, next: ManifestEntry): readonly Aspect[] {
  if (base.kind !== next.kind) return ["kind"];
  const aspects: Aspect[] = [];
  if (base.kind === "file" && next.kind === "file" && base.content?.digest !== next.content?.digest)
    aspects.push("content");
  if (base.kind === "link" && next.kind === "link" && base.source.link !== next.source.link) aspects.push("target");
  if (base.kind !== "link" && base.mode !== next.mode) aspects.push("mode");
  if (base.owner !== next.owner || base.group !== next.group) aspects.push("owner");
  return aspects;
}
