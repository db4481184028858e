/** What a sandbox's private tree has at a path, where it comes from, and why it is there. */
export type ManifestEntry = DirectoryEntry | FileEntry | LinkEntry;

interface Common {
  /** Absolute, as the sandbox sees it. */
  readonly path: string;
  /** Numeric ids, the same inside as on the host: the tree is bound through an idmapped mount. */
  readonly owner: number;
  readonly group: number;
  /** Permission bits, set-id and sticky ones included. */
  readonly mode: number;
  /** A phrase for people: `package apache2 lists it`. */
  readonly reason: string;
}

export interface DirectoryEntry extends Common {
  readonly kind: "directory";
  /** With `copyTree`: all the data that the host has below that path comes along. */
  readonly source: { readonly copyTree: string } | undefined;
}

export interface FileEntry extends Common {
  readonly kind: "file";
  /** `madeBy`: not the host's, but what that package's own script makes inside before the first start. */
  readonly source: { readonly copy: string } | { readonly text: string } | { readonly madeBy: string };
  /** What was put there; undefined in a plan, and where the sandbox had something before. */
  readonly content?: FileContent;
}

/** What a file has in it, known by its size in bytes and its SHA-256 in hexadecimal. */
export interface FileContent {
  readonly size: number;
  readonly digest: string;
}

export interface LinkEntry extends Common {
  readonly kind: "link";
  readonly source: { readonly link: string };
}

/** A directory of root, as the skeleton has them. */
export const freshDirectory = (path: string, mode: number, reason: string): DirectoryEntry => ({
  path,
  kind: "directory",
  owner: 0,
  group: 0,
  mode,
  source: undefined,
  reason,
});

/** A file of root with a content of our own. */
export const textFile = (path: string, text: string, reason: string, mode = 0o644): FileEntry => ({
  path,
  kind: "file",
  owner: 0,
  group: 0,
  mode,
  source: { text },
  reason,
});

/** A link of root. */
export const freshLink = (path: string, link: string, reason: string): LinkEntry => ({
  path,
  kind: "link",
  owner: 0,
  group: 0,
  mode: 0o777,
  source: { link },
  reason,
});
