import { opendirSync } from "node:fs";
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
  // latin1 has a character for each byte.
  const folder = opendirSync(`/proc/self/fd/${directory}`, { encoding: "latin1" });
  try {
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      const name = Buffer.from(entry.name, "latin1");
      if (known.has(name.toString())) continue;
      if (names.length === limit) return { names: describeAll(directory, names), more: true };
      names.push(name);
    }
  } finally {
    folder.closeSync();
  }
  return { names: describeAll(directory, names), more: false };
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
