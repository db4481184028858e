import type { ManifestEntry } from "./entry.ts";
import type { Package } from "../packages/package-database.ts";

/** What `manifest.json` holds. */
export interface Manifest {
  /** Hash of what the conf says about the tree. */
  readonly population: string;
  readonly packages: readonly Omit<Package, "manager">[];
  readonly entries: readonly ManifestEntry[];
}

const version = 1;

/** Same manifest, same bytes: one line per package and entry, so that a difference reads well. */
export function formatManifest({ population, packages, entries }: Manifest): string {
  const lines = (items: readonly string[]): string => (items.length === 0 ? "" : `\n${items.join(",\n")}\n`);
  const versions = packages.map(({ name, version: installed, source }) =>
    JSON.stringify({ name, version: installed, source }),
  );
  return [
    `{"version":${version},"population":${JSON.stringify(population)},"packages":[${lines(versions)}],`,
    `"entries":[${lines(entries.map(formatEntry))}]}\n`,
  ].join("\n");
}

/** Every parent before its children. */
export const sortByPath = (entries: Iterable<ManifestEntry>): readonly ManifestEntry[] =>
  [...entries].sort((one, other) => (one.path < other.path ? -1 : 1));

function formatEntry(entry: ManifestEntry): string {
  const { path, kind, owner, group, mode, source, reason } = entry;
  const content = entry.kind === "file" ? entry.content : undefined;
  return JSON.stringify({ path, kind, owner, group, mode: formatMode(mode), source, content, reason });
}

/** As chmod(1) takes it. */
export const formatMode = (mode: number): string => mode.toString(8).padStart(4, "0");

/** The manifest in a text that `formatManifest` made; undefined for any other. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Manifest & { readonly version: number };
    if (value.version !== version || typeof value.population !== "string" || !Array.isArray(value.packages))
      return undefined;
    return { population: value.population, packages: value.packages, entries: value.entries.map(parseEntry) };
  } catch {
    return undefined;
  }
}

const sources = { directory: ["copyTree"], file: ["copy", "text", "madeBy"], link: ["link"] } as const;

function parseEntry(value: unknown): ManifestEntry {
  const entry = value as Omit<ManifestEntry, "mode"> & { readonly mode: string };
  const [source] = Object.keys(entry.source ?? {});
  const isSourced =
    source === undefined ? entry.kind === "directory" : sources[entry.kind].some((each) => each === source);
  if (!isSourced || !entry.path.startsWith("/") || !/^[0-7]{4}$/.test(entry.mode)) throw new TypeError("not an entry");
  // JSON leaves out what is undefined.
  return { ...entry, source: entry.source, mode: Number.parseInt(entry.mode, 8) } as ManifestEntry;
}
