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
