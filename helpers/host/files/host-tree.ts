import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { once } from "../../../base/once.ts";

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

/** The files below a root directory. Each file is looked at once, so a plan sees one state of the host. */
export function openHostTree(rootDirectory: string): HostTree {
  const at = (path: string): string => join(rootDirectory, path);
  return {
    lookUp: once((path) => lookUp(at(path))),
    list: once((path) => orMissing(() => readdirSync(at(path)).sort()) ?? []),
    readText: once((path) => orMissing(() => readIfAllowed(at(path)))),
  };
}

// SELinux keeps the host's passwords from the helpers, and so from every sandbox.
function readIfAllowed(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EACCES") return undefined;
    throw error;
  }
}

function lookUp(path: string): HostEntry | undefined {
  return orMissing(() => {
    const stats = lstatSync(path);
    const attributes = { owner: stats.uid, group: stats.gid, mode: stats.mode & 0o7777 };
    if (stats.isSymbolicLink()) return { ...attributes, kind: "link", target: readlinkSync(path) };
    return { ...attributes, kind: kindOf(stats) };
  });
}

function kindOf(stats: Stats): "directory" | "file" | "other" {
  if (stats.isDirectory()) return "directory";
  return stats.isFile() ? "file" : "other";
}
