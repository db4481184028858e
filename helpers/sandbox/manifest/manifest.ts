import type { ManifestEntry } from "./entry.ts";
import type { Package } from "../../host/packages/package-database.ts";

/** The content of `manifest.json`. */
export interface Manifest {
  /** Hash of the conf's settings for the tree. */
  readonly population: string;
  readonly packages: readonly Omit<Package, "manager">[];
  readonly entries: readonly ManifestEntry[];
}

export const version = 1;

/** Where the packages end in the text of a manifest. */
export const startOfEntries = '\n"entries":[';

/** The same manifest gives the same bytes. There is one line for each package and entry, so that a diff is readable. */
export function formatManifest({ population, packages, entries }: Manifest): string {
  const lines = (items: readonly string[]): string => (items.length === 0 ? "" : `\n${items.join(",\n")}\n`);
  const versions = packages.map(({ name, version: installed, source }) =>
    JSON.stringify({ name, version: installed, source }),
  );
  return [
    `{"version":${version},"population":${JSON.stringify(population)},"packages":[${lines(versions)}],`,
    `${startOfEntries}${lines(entries.map(formatEntry))}]}\n`,
  ].join("");
}

/** Sorts parents before their children. */
export const sortByPath = (entries: Iterable<ManifestEntry>): readonly ManifestEntry[] =>
  [...entries].sort((one, other) => (one.path < other.path ? -1 : 1));

function formatEntry(entry: ManifestEntry): string {
  const { path, kind, owner, group, mode, source, reason } = entry;
  const content = entry.kind === "file" ? entry.content : undefined;
  return JSON.stringify({ path, kind, owner, group, mode: formatMode(mode), source, content, reason });
}

/** The format of chmod(1). */
export const formatMode = (mode: number): string => mode.toString(8).padStart(4, "0");
