import { basename, dirname, join } from "node:path";
import { stateRoot } from "../../../generator/conf/paths.ts";
import { isWithin } from "../../../generator/conf/values/parse-mount.ts";
import type { FileContent, ManifestEntry } from "../manifest/entry.ts";
import type { HostEntry, HostTree } from "../../host/host-tree.ts";
import { isContentOf } from "../populate/record-content.ts";
import { withTreeFolder } from "../tree/beneath.ts";
import { hasContent, hasContentIn, lookUpIn, lookUpInTree } from "../tree/look-up.ts";
import { orMissing } from "../../host/or-missing.ts";

/** The aspects in which something can differ. */
export type Aspect = "kind" | "content" | "target" | "mode" | "owner";

/** The current state of something, compared with its manifest entry. */
export type Comparison =
  { readonly state: "same" | "missing" } | { readonly state: "changed"; readonly aspects: readonly Aspect[] };

/** The same for JSON, with all keys. */
export const describeComparison = (comparison: Comparison | undefined) =>
  comparison === undefined ? null : { aspects: [], ...comparison };

/** Compares an entry with its state in the sandbox. */
export function inspectInside(tree: string, entry: ManifestEntry): Comparison {
  const found = lookUpInTree(tree, entry.path);
  return compare(entry, found, (content) => hasContent(tree, entry.path, content));
}

/** The same for many entries. Opens each of their folders once. */
export function inspectAllInside(
  tree: string,
  entries: readonly ManifestEntry[],
): ReadonlyMap<ManifestEntry, Comparison> {
  const found = new Map(entries.map((entry) => [entry, compare(entry, undefined, () => false)]));
  for (const [path, inFolder] of Map.groupBy(entries, (entry) => dirname(entry.path)))
    orMissing(() =>
      withTreeFolder(tree, path, (folder) => {
        for (const entry of inFolder)
          found.set(entry, inspectFound(folder, entry, lookUpIn(folder, basename(entry.path))));
      }),
    );
  return found;
}

/** The same for what was found under the entry's name in an open folder. */
export const inspectFound = (folder: number, entry: ManifestEntry, found: HostEntry | undefined): Comparison =>
  compare(entry, found, (content) => hasContentIn(folder, basename(entry.path), content));

/** Compares an entry with its current state on the host; undefined unless a plan would copy it from the host. */
export function inspectHost(host: HostTree, rootDirectory: string, entry: ManifestEntry): Comparison | undefined {
  if (entry.kind !== "file" || !("copy" in entry.source)) return undefined;
  const from = entry.source.copy;
  if (!isCopied(from, entry.path)) return undefined;
  return compare(entry, host.lookUp(from), (content) => isContentOf(join(rootDirectory, from), content));
}

/**
 * Whether a plan copies such a file to such a path: to the same one, or to that of a unit which a generator made. A
 * manifest may come from somebody else's archive, and could name a file of the host that takes forever to read, or that
 * does something when it is read.
 */
function isCopied(from: string, to: string): boolean {
  if (from.startsWith("/run/systemd/")) return to.startsWith("/etc/systemd/system/");
  return from === to && /^\/(etc|var|srv|opt)\//.test(from) && !isWithin(from, stateRoot);
}

function compare(
  entry: ManifestEntry,
  found: HostEntry | undefined,
  holds: (content: FileContent) => boolean,
): Comparison {
  // Before the first start the file does not exist yet, and afterwards nobody outside knows its content.
  const isMade = entry.kind === "file" && "madeBy" in entry.source;
  if (found === undefined) return { state: isMade ? "same" : "missing" };
  if (found.kind !== entry.kind) return { state: "changed", aspects: ["kind"] };
  const aspects: Aspect[] = [];
  if (entry.kind === "file" && !isMade && (entry.content === undefined || !holds(entry.content)))
    aspects.push("content");
  if (found.kind === "link" && entry.kind === "link" && found.target !== entry.source.link) aspects.push("target");
  if (entry.kind !== "link" && found.mode !== entry.mode) aspects.push("mode");
  if (found.owner !== entry.owner || found.group !== entry.group) aspects.push("owner");
  return aspects.length === 0 ? { state: "same" } : { state: "changed", aspects };
}
