import { dirname, join } from "node:path";

interface Attributes {
  /** Numeric ids of the host. */
  readonly owner: number;
  readonly group: number;
  /** Permission bits, including set-id and sticky bits. */
  readonly mode: number;
}

/** The current state of a path on the host; `other` means sockets, fifos and devices. */
export type HostEntry = Attributes &
  ({ readonly kind: "directory" | "file" | "other" } | { readonly kind: "link"; readonly target: string });

/** The host's files as the plan sees them. There are only three questions, so a test can answer from a table. */
export interface HostTree {
  /** Does not follow a link in the last component. */
  lookUp(path: string): HostEntry | undefined;
  /** Sorted names in a directory; empty if it is no directory. */
  list(path: string): readonly string[];
  /** Undefined if the file does not exist, or if root may not read it. */
  readText(path: string): string | undefined;
}

// Like the kernel, treats more links than this as a loop.
const maxLinks = 40;

/** Follows all links of the host in a path; undefined if the path leads nowhere. */
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

/** Lists all paths below a directory, parents first. Links are listed but not followed. */
export function* walkTree(host: HostTree, directory: string): Generator<string> {
  for (const name of host.list(directory)) {
    const path = join(directory, name);
    yield path;
    if (host.lookUp(path)?.kind === "directory") yield* walkTree(host, path);
  }
}
