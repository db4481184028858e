import type { ManifestEntry } from "./entry.ts";
import type { Package } from "../packages/package-database.ts";

/** What `manifest.json` holds. */
export interface Manifest {
  /** Hash of what the conf says about the tree. */
  readonly population: string;
  readonly packages: readonly Package[];
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

function formatEntry({ path, kind, owner, group, mode, source, reason }: ManifestEntry): string {
  return JSON.stringify({ path, kind, owner, group, mode: mode.toString(8).padStart(4, "0"), source, reason });
}

/** The paths of a written manifest; throws on what is not one. */
export function readManifestPaths(text: string): ReadonlySet<string> {
  const { entries } = JSON.parse(text) as { readonly entries: readonly { readonly path: string }[] };
  return new Set(entries.map(({ path }) => path));
}
