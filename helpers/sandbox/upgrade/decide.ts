import type { Aspect, Comparison } from "../compare/inspect-entry.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { isAccountFile } from "../manifest/accounts.ts";
import { isConfiguration } from "../populate/record-content.ts";

/** The facts about a path after the host's packages may have changed. */
export interface Facts {
  /** The entry as it was put there; undefined if it never was. */
  readonly base: ManifestEntry | undefined;
  /** The host's current entry; undefined if it no longer belongs in the root. */
  readonly next: ManifestEntry | undefined;
  /** The sandbox's version, compared with each of them. */
  readonly sinceBase: Comparison | undefined;
  readonly againstNext: Comparison | undefined;
}

export type Decision =
  /** Nothing to do. */
  | "none"
  /** The host's version comes in, because there is nothing. */
  | "add"
  /** The host's version replaces an entry that the sandbox did not change. */
  | "replace"
  /** Only owner and mode are updated. */
  | "attributes"
  /** Both changed it. The result is a merged text, or a conflict. */
  | "merge"
  /** The sandbox's version stays, with the host's beside it. */
  | "beside"
  /** It is gone on the host, and unchanged inside. */
  | "remove"
  /** It changed on the host, and was removed inside: it stays away. */
  | "stay-removed"
  /** It changed or vanished on the host, but the sandbox has its own. */
  | "keep";

const substance: ReadonlySet<Aspect> = new Set(["kind", "content", "target"]);

const isSubstantial = (aspects: readonly Aspect[]): boolean => aspects.some((aspect) => substance.has(aspect));
const aspectsOf = (comparison: Comparison | undefined): readonly Aspect[] =>
  comparison?.state === "changed" ? comparison.aspects : [];

/** Data and identity belong to the sandbox. Configuration that the sandbox did not change follows the host. */
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
  // A directory with a source came with data, which stays.
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

/** Finds the aspects in which two entries of a path differ. */
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
