import { dirname, join } from "node:path";

interface Attributes {
  /** Numeric ids of the host. */
  readonly owner: number;
  readonly group: number;
  /** Permission bits, set-id and sticky ones included. */
  readonly mode: number;
}

/** What is at a path of the host now; `other` are sockets, fifos and devices. */
export type HostEntry = Attributes &
  ({ readonly kind: "directory" | "file" | "other" } | { readonly kind: "link"; readonly target: string });

/** The host's files as the plan sees them: three questions, so that a test answers from a table. */
export interface HostTree {
  /** Never follows a link in the last component. */
  lookUp(path: string): HostEntry | undefined;
  /** Sorted names in a directory; none if it is no directory. */
  list(path: string): readonly string[];
  /** Undefined if there is no such file. */
  readText(path: string): string | undefined;
}

// As the kernel: more links than this are a loop.
const maxLinks = 40;

/** The path with all links of the host followed; undefined if it leads nowhere. */
export function resolvePath(host: HostTree, path: string): string | undefined {
  let resolved = "/";
  const left = path.split("/").reverse();
  for (let links = 0; links < maxLinks;) {
    const name = left.pop();
    if (name === undefined) return resolved;
    if (name === "" || name === ".") continue;
    if (name === "..") {
      resolved = dirname(resolved);
      continue;
    }
    const next = join(resolved, name);
    const entry = host.lookUp(next);
    if (entry === undefined) return undefined;
    if (entry.kind !== "link") {
      resolved = next;
      continue;
    }
    links += 1;
    if (entry.target.startsWith("/")) resolved = "/";
    left.push(...entry.target.split("/").reverse());
  }
  return undefined;
}

/** All paths below a directory, parents first; links are named, not followed. */
export function* walkTree(host: HostTree, directory: string): Generator<string> {
  for (const name of host.list(directory)) {
    const path = join(directory, name);
    yield path;
    if (host.lookUp(path)?.kind === "directory") yield* walkTree(host, path);
  }
}
