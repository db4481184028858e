import { isUtf8 } from "node:buffer";
import { basename, dirname, join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { stateRoot } from "../../../base/paths.ts";
import { isWithin } from "../../../conf/values/mount.ts";
import type { HostEntry, HostTree } from "../../host/files/host-tree.ts";
import type { FileContent, ManifestEntry } from "../manifest/entry.ts";
import { formatMode } from "../manifest/manifest.ts";
import { isContentOf } from "../populate/record-content.ts";
import { withTreeFolder } from "../tree/beneath.ts";
import { hasContent, hasContentIn, lookUpIn, lookUpInTree, readNames, type TreeEntry } from "../tree/look-up.ts";
import { nameInPath } from "../untrusted-text.ts";

/** A path in a folder of a sandbox's root. What was removed is described as it was put there. */
export interface FolderEntry {
  readonly path: string;
  readonly kind: TreeEntry["kind"];
  /** The size of a file. */
  readonly bytes: number | null;
  /** Where a link leads. */
  readonly target: string | null;
  /** The format of chmod(1). */
  readonly mode: string;
  readonly owner: number;
  readonly group: number;
  /** Seconds since 1970; null for what was removed. */
  readonly modified: number | null;
  /** The manifest's reason. */
  readonly reason: string | null;
  /** Null if the manifest cannot tell: the folder came with all its data. */
  readonly state: "same" | "changed" | "added" | "missing" | null;
}

/**
 * Lists a folder of a sandbox's root, and compares it with the manifest. Undefined if there is no such folder, or if a
 * link leads to it.
 */
export function listFolder(
  tree: string,
  entries: readonly ManifestEntry[],
  path: string,
): readonly FolderEntry[] | undefined {
  const known = new Map(entries.filter((entry) => dirname(entry.path) === path).map((entry) => [entry.path, entry]));
  const unknown = hasCopiedData(entries, path) ? null : "added";
  return withTreeFolder(tree, path, (folder) => {
    const there = [...readNames(folder)].flatMap((name): FolderEntry | readonly [] => {
      const found = lookUpIn(folder, name);
      if (found === undefined) return [];
      const at = `${path === "/" ? "" : path}/${nameInPath(name)}`;
      const entry = isUtf8(name) ? known.get(at) : undefined;
      if (entry === undefined) return { ...describeFound(at, found), reason: null, state: unknown };
      known.delete(at);
      return { ...describeFound(at, found), reason: entry.reason, state: inspectFound(folder, entry, found).state };
    });
    const gone = [...known.values()].filter((entry) => inspectFound(folder, entry, undefined).state === "missing");
    return [...there, ...gone.map(describeGone)].sort((one, other) => (one.path < other.path ? -1 : 1));
  });
}

/** Whether a folder belongs to data that were copied from the host as a whole. */
function hasCopiedData(entries: readonly ManifestEntry[], path: string): boolean {
  const known = new Map(entries.map((entry) => [entry.path, entry]));
  for (let above = path; above !== "/"; above = dirname(above)) {
    const entry = known.get(above);
    if (entry !== undefined) return entry.kind === "directory" && entry.source !== undefined;
  }
  return false;
}

const describeFound = (path: string, found: TreeEntry) => ({
  path,
  kind: found.kind,
  bytes: found.kind === "file" ? found.size : null,
  target: found.kind === "link" ? found.target : null,
  mode: formatMode(found.mode),
  ...{ owner: found.owner, group: found.group, modified: found.modified },
});

const describeGone = (entry: ManifestEntry): FolderEntry => ({
  path: entry.path,
  kind: entry.kind,
  bytes: entry.kind === "file" ? (entry.content?.size ?? null) : null,
  target: entry.kind === "link" ? entry.source.link : null,
  mode: formatMode(entry.mode),
  ...{ owner: entry.owner, group: entry.group, modified: null, reason: entry.reason, state: "missing" },
});

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
