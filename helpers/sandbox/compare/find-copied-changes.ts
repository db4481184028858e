import type { HostTree } from "../../host/host-tree.ts";
import { withTreeFolder } from "../tree/beneath.ts";
import { readNames } from "../tree/list.ts";
import { lookUpIn, lookUpInTree, type TreeEntry } from "../tree/look-up.ts";
import { nameInPath } from "../untrusted-text.ts";
import type { Change } from "./find-changes.ts";

/** A folder whose data was copied as a whole from a path of the host, at a time in milliseconds since 1970. */
export interface CopiedFolder {
  readonly path: string;
  readonly from: string;
  readonly at: number;
}

// A database may have millions of files.
const mostLookedAt = 100_000;

/**
 * Finds what was changed or added below copied data, by the time of its last modification. What was removed shows as a
 * change of its folder. Does not look into folders that were added. Looks at no more than `most` paths.
 */
export function findCopiedChanges(
  tree: string,
  host: HostTree,
  copied: CopiedFolder,
  most = mostLookedAt,
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
