import { lookUpInTree, type TreeEntry } from "./look-up.ts";

/** The first part of a path that is no folder. */
export interface Obstacle {
  readonly path: string;
  /** Undefined if there is nothing. */
  readonly found: TreeEntry | undefined;
}

/** Finds what keeps a path of a sandbox's tree from being a folder; undefined if nothing does. */
export function findObstacle(tree: string, path: string): Obstacle | undefined {
  const names = path.split("/").filter((name) => name !== "");
  for (const end of names.keys()) {
    const part = `/${names.slice(0, end + 1).join("/")}`;
    const found = lookUpInTree(tree, part);
    if (found?.kind !== "directory") return { path: part, found };
  }
  return undefined;
}
