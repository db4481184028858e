import { isUtf8 } from "node:buffer";
import { dirname } from "node:path";
import type { ManifestEntry } from "../manifest/entry.ts";
import { formatMode } from "../manifest/manifest.ts";
import { withTreeFolder } from "../tree/beneath.ts";
import { readNames } from "../tree/list.ts";
import { lookUpIn, type TreeEntry } from "../tree/look-up.ts";
import { nameInPath } from "../untrusted-text.ts";
import { inspectFound } from "./inspect-entry.ts";

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
