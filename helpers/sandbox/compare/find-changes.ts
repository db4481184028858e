import { basename, dirname } from "node:path";
import type { HostTree } from "../../host/files/host-tree.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { withTreeFolder } from "../tree/beneath.ts";
import { type Listing, listInTree, lookUpIn, lookUpInTree, readNames, type TreeEntry } from "../tree/look-up.ts";
import { nameInPath } from "../untrusted-text.ts";
import { type Comparison, inspectAllInside, inspectHost } from "./list-folder.ts";

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
const maxAdded = 1000;

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
  const { names, more } = listInTree(tree, directory, known, maxAdded);
  const prefix = directory === "/" ? "/" : `${directory}/`;
  const added = names.map(({ name, kind }): Change => ({
    path: `${prefix}${nameInPath(name)}`,
    inside: { state: "added", kind },
    host: undefined,
  }));
  return more ? [...added, { path: directory, inside: { state: "more" }, host: undefined }] : added;
}

/** A folder whose data was copied as a whole from a path of the host, at a time in milliseconds since 1970. */
export interface CopiedFolder {
  readonly path: string;
  readonly from: string;
  readonly at: number;
}

// A database may have millions of files.
const maxLookedAt = 100_000;

/**
 * Finds what was changed or added below copied data, by the time of its last modification. What was removed shows as a
 * change of its folder. Does not look into folders that were added. Looks at no more than `most` paths.
 */
export function findCopiedChanges(
  tree: string,
  host: HostTree,
  copied: CopiedFolder,
  most = maxLookedAt,
): readonly Change[] {
  const found: Change[] = [];
  let left = most;
  const isLater = ({ modified }: TreeEntry): boolean => modified * 1000 > copied.at;
  const look = (path: string): boolean => {
    const from = `${copied.from}${path.slice(copied.path.length)}`;
    const folders: { readonly path: string; readonly isChanged: boolean }[] = [];
    let some = false;
    withTreeFolder(tree, path, (folder) => {
      for (const name of readNames(folder)) {
        if (left-- <= 0) return;
        const entry = lookUpIn(folder, name);
        if (entry === undefined) continue;
        const at = `${path}/${nameInPath(name)}`;
        const isAdded = host.lookUp(`${from}/${nameInPath(name)}`) === undefined && isLater(entry);
        if (isAdded) found.push({ path: at, inside: { state: "added", kind: entry.kind }, host: undefined });
        else if (entry.kind === "directory") folders.push({ path: at, isChanged: isLater(entry) });
        else if (isLater(entry)) found.push(changed(at));
        some ||= isAdded || (entry.kind !== "directory" && isLater(entry));
      }
    });
    for (const each of folders) if (!look(each.path) && each.isChanged) found.push(changed(each.path));
    return some;
  };
  const top = lookUpInTree(tree, copied.path);
  if (!look(copied.path) && top !== undefined && isLater(top)) found.push(changed(copied.path));
  return left < 0 ? [...found, { path: copied.path, inside: { state: "more" }, host: undefined }] : found;
}

const changed = (path: string): Change => ({
  path,
  inside: { state: "changed", aspects: ["content"] },
  host: undefined,
});
