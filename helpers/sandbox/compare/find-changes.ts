import { basename, dirname } from "node:path";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { HostTree } from "../../host/host-tree.ts";
import { nameInPath } from "../untrusted-text.ts";
import { listInTree, type Listing } from "../tree/list.ts";
import { findCopiedChanges } from "./find-copied-changes.ts";
import { type Comparison, inspectAllInside, inspectHost } from "./inspect-entry.ts";

/** A path that differs from the manifest, inside or on the host. */
export interface Change {
  readonly path: string;
  /** `more`: further paths were added to a directory. */
  readonly inside: Comparison | { readonly state: "added"; readonly kind: Listing["names"][number]["kind"] } | More;
  /** Undefined unless the path was copied from the host. */
  readonly host: Comparison | undefined;
}

interface More {
  readonly state: "more";
}

// The limit for one directory. A database may have millions of files.
const mostAdded = 1000;

/** All changes at a path and below, sorted. Does not look into directories that were added. */
export function findChanges(
  place: { readonly tree: string; readonly host: HostTree; readonly rootDirectory: string },
  entries: readonly ManifestEntry[],
  below: string,
): readonly Change[] {
  const isWanted = (path: string): boolean => below === "/" || path === below || path.startsWith(`${below}/`);
  const children = Map.groupBy(entries, ({ path }) => dirname(path));
  const compared = inspectAllInside(
    place.tree,
    entries.filter(({ path }) => isWanted(path)),
  );
  const changed = [...compared]
    .map(([entry, inside]): Change => ({
      path: entry.path,
      inside,
      host: inspectHost(place.host, place.rootDirectory, entry),
    }))
    .filter(({ inside, host }) => inside.state !== "same" || (host !== undefined && host.state !== "same"));
  const added = ["/", ...entries.filter(isBareDirectory).map(({ path }) => path)]
    .filter((path) => isWanted(path) || dirname(below) === path)
    .flatMap((path) => findAdded(place.tree, path, new Set((children.get(path) ?? []).map(nameOf))))
    .filter(({ path }) => isWanted(path));
  const known = new Set(changed.map(({ path }) => path));
  const copied = entries
    .flatMap(({ path, source }) =>
      source !== undefined &&
      "copyTree" in source &&
      source.at !== undefined &&
      (isWanted(path) || isBelow(below, path))
        ? findCopiedChanges(place.tree, place.host, { path, from: source.copyTree, at: source.at })
        : [],
    )
    .filter(({ path }) => isWanted(path) && !known.has(path));
  return [...changed, ...added, ...copied].sort((one, other) => (one.path < other.path ? -1 : 1));
}

const isBelow = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

const isBareDirectory = ({ kind, source }: ManifestEntry): boolean => kind === "directory" && source === undefined;

const nameOf = ({ path }: ManifestEntry): string => basename(path);

function findAdded(tree: string, directory: string, known: ReadonlySet<string>): readonly Change[] {
  const { names, more } = listInTree(tree, directory, known, mostAdded);
  const prefix = directory === "/" ? "/" : `${directory}/`;
  const added = names.map(({ name, kind }): Change => ({
    path: `${prefix}${nameInPath(name)}`,
    inside: { state: "added", kind },
    host: undefined,
  }));
  return more ? [...added, { path: directory, inside: { state: "more" }, host: undefined }] : added;
}
