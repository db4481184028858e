import { posix } from "node:path";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { lookUpInTree, type TreeEntry } from "./look-up.ts";

/** Where a path of a sandbox leads in its tree. */
export interface Resolved {
  /** Absolute in the tree, and without links but perhaps the last name. */
  readonly path: string;
  /** Undefined if there is nothing. */
  readonly found: TreeEntry | undefined;
}

// The kernel gives up after as many links (path_resolution(7)).
const mostLinks = 40;
const top: TreeEntry = { kind: "directory", owner: 0, group: 0, mode: 0o755, size: 0, modified: 0 };

/**
 * Resolves a path as the sandbox itself would: a link leads to a place in the tree. The host follows none. `last` decides whether
 * a link at the end is followed. What follows something that is missing, or is no folder, stays as it is written.
 */
export function resolveInTree(tree: string, path: string, last: "follow" | "keep"): Resolved {
  const split = (text: string): string[] => text.split("/").filter((name) => name !== "" && name !== ".");
  const rest = split(path);
  let done: string[] = [];
  let links = 0;
  const lookUp = (names: readonly string[]): TreeEntry | undefined =>
    names.length === 0 ? top : lookUpInTree(tree, names.join("/"));
  let found = lookUp(done);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (found?.kind !== "directory") return { path: posix.resolve("/", ...done, name, ...rest), found: undefined };
    if (name === "..") {
      done = done.slice(0, -1);
      found = lookUp(done);
      continue;
    }
    const next = lookUp([...done, name]);
    if (next?.kind === "link" && (rest.length > 0 || last === "follow")) {
      links += 1;
      if (links > mostLinks) throw new SandboxError(`${path} leads through too many links`);
      if (next.target.startsWith("/")) done = [];
      rest.unshift(...split(next.target));
      found = lookUp(done);
      continue;
    }
    done = [...done, name];
    found = next;
  }
  return { path: `/${done.join("/")}`, found };
}
