import { type Dirent, opendirSync } from "node:fs";
import { orMissing } from "../../host/or-missing.ts";
import { lstatIn, withTreeFolder } from "./beneath.ts";

export interface Listing {
  /** Sorted. Names are bytes, because file systems do not require UTF-8. */
  readonly names: readonly { readonly name: Buffer; readonly kind: "directory" | "file" | "link" | "other" }[];
  /** Whether the directory has more names than requested. */
  readonly more: boolean;
}

/**
 * Lists at most `limit` names in a directory of a sandbox's tree, without the known ones; empty if it is not a
 * directory.
 */
export function listInTree(tree: string, path: string, known: ReadonlySet<string>, limit: number): Listing {
  return withTreeFolder(tree, path, (folder) => listOpen(folder, known, limit)) ?? { names: [], more: false };
}

function listOpen(directory: number, known: ReadonlySet<string>, limit: number): Listing {
  const names: Buffer[] = [];
  for (const name of readNames(directory)) {
    if (known.has(name.toString())) continue;
    if (names.length === limit) return { names: describeAll(directory, names), more: true };
    names.push(name);
  }
  return { names: describeAll(directory, names), more: false };
}

/** The names in an open directory, as bytes and in no order. */
export function* readNames(directory: number): Generator<Buffer> {
  // latin1 has a character for each byte.
  const folder = opendirSync(`/proc/self/fd/${directory}`, { encoding: "latin1" });
  try {
    // A directory that has been removed meanwhile has no names; only Bun fails then.
    const next = (): Dirent | undefined => orMissing(() => folder.readSync()) ?? undefined;
    for (let entry = next(); entry !== undefined; entry = next()) yield Buffer.from(entry.name, "latin1");
  } finally {
    folder.closeSync();
  }
}

const describeAll = (directory: number, names: readonly Buffer[]): Listing["names"] =>
  names
    .toSorted((one, other) => Buffer.compare(one, other))
    .flatMap((name) => {
      const stats = lstatIn(directory, name);
      if (stats === undefined) return [];
      const kind = stats.isDirectory()
        ? "directory"
        : stats.isFile()
          ? "file"
          : stats.isSymbolicLink()
            ? "link"
            : "other";
      return [{ name, kind }] as const;
    });
