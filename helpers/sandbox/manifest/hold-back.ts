import { dirname } from "node:path";
import { type HostTree, resolvePath } from "../../host/files/host-tree.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";
import { isBasePath } from "./base.ts";
import type { ManifestEntry } from "./entry.ts";
import { findReferred } from "./etc.ts";
import { findNamed } from "./maintainer-steps.ts";
import type { Manifest } from "./manifest.ts";
import type { Selection } from "./selection.ts";
import type { UnitFacts } from "./units.ts";

interface HoldInput {
  readonly database: PackageDatabase;
  readonly selection: Selection;
  readonly units: readonly UnitFacts[];
  readonly host: HostTree;
  /** What the root was made with until now. */
  readonly last: Manifest;
}

const registry = "/var/lib/ucf/registry";

/**
 * Finds planned paths that somebody has put into a service's folders in /etc since a root was made: a link that enables
 * a site, a file of a customer. They are the host's own configuration, and no package's, so they do not come into a root
 * that was made without them. What a package that is new to the root made comes, and what other configuration names.
 */
export function findHeldBack(planned: readonly ManifestEntry[], input: HoldInput): readonly ManifestEntry[] {
  const { database, selection, units, host, last } = input;
  const known = new Set(last.entries.map(({ path }) => path));
  const before = new Set<string>(last.packages.map(({ name }) => name));
  const places = [
    ...selection.ownDirectories.keys(),
    ...units.flatMap(({ directories }) =>
      directories.flatMap(({ path, setting }) => (setting === "ConfigurationDirectory" ? [path] : [])),
    ),
  ];
  const isNew = (owners: readonly Package[]): boolean => owners.some(({ name }) => !before.has(name));
  const candidates = planned.filter(
    (entry) =>
      !known.has(entry.path) &&
      isTaken(entry, host) &&
      places.some((place) => entry.path.startsWith(`${place}/`)) &&
      !isBasePath(entry.path) &&
      database.findOwners(entry.path).length === 0 &&
      !isNew(findMakers(entry, database, host)),
  );
  if (candidates.length === 0) return [];
  const ofPackages = listMade(input);
  const held = candidates.filter(({ path }) => !ofPackages.has(path));
  const named = findNames(planned, held, host);
  return held.filter(({ path }) => !named.has(path));
}

/** Whether an entry is what the host has under this path. */
const isTaken = ({ path, source }: ManifestEntry, host: HostTree): boolean =>
  source !== undefined && (("copy" in source && source.copy === path) || ("link" in source && isLink(path, host)));

const isLink = (path: string, host: HostTree): boolean => host.lookUp(path)?.kind === "link";

/** The packages whose scripts may have made an entry: those of what a link leads to, or of the folder of a file. */
function findMakers({ path, kind }: ManifestEntry, database: PackageDatabase, host: HostTree): readonly Package[] {
  const target = kind === "link" ? resolvePath(host, path) : undefined;
  if (target !== undefined) return database.findOwners(target);
  for (let above = dirname(path); above !== "/etc" && above !== "/"; above = dirname(above)) {
    const owners = database.findOwners(above);
    if (owners.length > 0) return owners;
  }
  return [];
}

/** The files that packages keep with ucf(1), or whose scripts name them. */
function listMade({ database, selection, host }: HoldInput): ReadonlySet<string> {
  const kept = (host.readText(registry) ?? "").split("\n").map((line) => line.split(/\s+/)[1] ?? "");
  const named = selection.all.flatMap((each) => findNamed(database.readScript(each) ?? "", "/etc/"));
  return new Set([...kept, ...named]);
}

function findNames(
  planned: readonly ManifestEntry[],
  held: readonly ManifestEntry[],
  host: HostTree,
): ReadonlySet<string> {
  const without = new Set(held.map(({ path }) => path));
  const files = planned.filter(
    ({ path, source }) => source !== undefined && "copy" in source && path.startsWith("/etc/") && !without.has(path),
  );
  return new Set(files.flatMap(({ path }) => findReferred(host.readText(path) ?? "")));
}

/** The host as it would be without some of its files and links. */
export function withoutPaths(host: HostTree, paths: readonly string[]): HostTree {
  const gone = new Set(paths);
  const parents = new Set(paths.map(dirname));
  return {
    lookUp: (path) => (gone.has(path) ? undefined : host.lookUp(path)),
    readText: (path) => (gone.has(path) ? undefined : host.readText(path)),
    list: (path) =>
      parents.has(path) ? host.list(path).filter((name) => !gone.has(`${path}/${name}`)) : host.list(path),
  };
}
