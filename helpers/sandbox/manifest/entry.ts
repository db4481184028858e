import { dirname } from "node:path";
import type { HostEntry, HostTree } from "../../host/files/host-tree.ts";

/** A path of a sandbox's private tree, with its origin and the reason for it. */
export type ManifestEntry = DirectoryEntry | FileEntry | LinkEntry;

interface Common {
  /** The absolute path inside the sandbox. */
  readonly path: string;
  /** Numeric ids, the same inside as on the host, because the tree is bound through an idmapped mount. */
  readonly owner: number;
  readonly group: number;
  /** Permission bits, including set-id and sticky bits. */
  readonly mode: number;
  /** A phrase for people, such as `package apache2 lists it`. */
  readonly reason: string;
}

export interface DirectoryEntry extends Common {
  readonly kind: "directory";
  /**
   * With `copyTree`, all data that the host has below that path is copied. `at`: when that was done, in milliseconds since
   * 1970; undefined in a plan.
   */
  readonly source: { readonly copyTree: string; readonly at?: number } | undefined;
}

export interface FileEntry extends Common {
  readonly kind: "file";
  /**
   * `madeBy`: the file does not come from the host; that package's own script makes it inside before the first start.
   */
  readonly source: { readonly copy: string } | { readonly text: string } | { readonly madeBy: string };
  /** The content that was put there; undefined in a plan, and if the sandbox already had something there. */
  readonly content?: FileContent;
}

/** The content of a file, identified by its size in bytes and its SHA-256 in hexadecimal. */
export interface FileContent {
  readonly size: number;
  readonly digest: string;
}

export interface LinkEntry extends Common {
  readonly kind: "link";
  readonly source: { readonly link: string };
}

/** A directory that belongs to root, as in the skeleton. */
export const freshDirectory = (path: string, mode: number, reason: string): DirectoryEntry => ({
  path,
  kind: "directory",
  owner: 0,
  group: 0,
  mode,
  source: undefined,
  reason,
});

/** A file that belongs to root, with our own content. */
export const textFile = (path: string, text: string, reason: string, mode = 0o644): FileEntry => ({
  path,
  kind: "file",
  owner: 0,
  group: 0,
  mode,
  source: { text },
  reason,
});

/** A link that belongs to root. */
export const freshLink = (path: string, link: string, reason: string): LinkEntry => ({
  path,
  kind: "link",
  owner: 0,
  group: 0,
  mode: 0o777,
  source: { link },
  reason,
});

/**
 * Takes a path of the host in its current form, with links as links. Nothing if the path does not exist, or is a
 * socket, fifo or device.
 */
export function takeFromHost(host: HostTree, path: string, reason: string): readonly ManifestEntry[] {
  const entry = host.lookUp(path);
  return entry === undefined ? [] : toEntry(path, entry, reason);
}

function toEntry(path: string, entry: HostEntry, reason: string): readonly ManifestEntry[] {
  const common = { path, owner: entry.owner, group: entry.group, mode: entry.mode, reason };
  switch (entry.kind) {
    case "directory":
      return [{ ...common, kind: "directory", source: undefined }];
    case "file":
      return [{ ...common, kind: "file", source: { copy: path } }];
    case "link":
      return [{ ...common, kind: "link", source: { link: entry.target } }];
    case "other":
      return [];
  }
}

/**
 * Whether every user of the host may read a path. The bits of a file mean little below a closed directory. A directory
 * counts only by its place: it comes empty, and its content is checked separately.
 */
export function isWorldReadable(host: HostTree, path: string): boolean {
  const entry = host.lookUp(path);
  if (entry?.kind === "file" && (entry.mode & 0o004) === 0) return false;
  for (let above = dirname(path); above !== "/"; above = dirname(above)) {
    if (((host.lookUp(above)?.mode ?? 0) & 0o001) === 0) return false;
  }
  return true;
}
