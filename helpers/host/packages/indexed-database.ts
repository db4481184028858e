import { lstatSync } from "node:fs";
import { join } from "node:path";
import { once } from "../../../base/once.ts";
import type { Package, PackageDatabase } from "./package-database.ts";

/** A package as it was read from a database. */
export interface ListedPackage extends Package, Node {
  /**
   * One line for each path, between a space and a line feed. It stays a text, because searching a text is faster than
   * splitting it.
   */
  readonly listing: string;
}

/** The answers that each database gives in its own way; `searchListings` makes `findListers`. */
interface Particular<T> extends Pick<PackageDatabase, "isBase" | "readScript" | "readPreinst"> {
  readonly findOwners: (path: string, findListers: FindListers<T>) => readonly Package[];
}

/** Finds the packages whose listing contains a text. The text begins with the space before a path. */
export type FindListers<T> = (text: string) => readonly T[];

/** Answers questions about packages that were read, sorted by name; `merged` as in `mergeUsr`. */
export function indexPackages<T extends ListedPackage>(
  packages: readonly T[],
  merged: readonly string[],
  particular: Particular<T>,
): PackageDatabase {
  const byName = new Map<string, ListedPackage>(
    packages.flatMap((each) => [[each.plainName, each] as const, [each.name, each] as const]),
  );
  const byPackage = new Map<Package, ListedPackage>(packages.map((each) => [each, each]));
  const dependencies = linkDependencies(packages);
  const dependents = reverseEdges(dependencies);
  const findListers = once(searchListings(packages));
  const paths = new Map<Package, readonly string[]>();
  const known = (some: readonly Package[]): ListedPackage[] => some.flatMap((each) => byPackage.get(each) ?? []);
  return {
    packages,
    findPackage: (name) => byName.get(name),
    listPaths(of) {
      const listed = paths.get(of) ?? known([of]).flatMap(listPaths);
      paths.set(of, listed);
      return listed;
    },
    findOwnersBelow: (directory) => findListers(` ${directory}/`),
    findClosure: (of) => sortPackages(reachFrom(known(of), dependencies)),
    findDependents: (of) => sortPackages(reachFrom(known(of), dependents)).filter((each) => !of.includes(each)),
    orderByDependencies: (of) => sortByEdges(known(of), dependencies),
    ...particular,
    findOwners: (path) => particular.findOwners(mergeUsr(path, merged), findListers),
  };
}

/**
 * Nearly all paths are below /usr, but nearly all questions are about the other paths. So the other paths are searched
 * separately.
 */
function searchListings<T extends ListedPackage>(packages: readonly T[]): FindListers<T> {
  const others = packages.map((each) => each.listing.replace(/^ \/usr\/.*\n/gm, ""));
  return (text) =>
    text.startsWith(" /usr/")
      ? packages.filter((each) => each.listing.includes(text))
      : packages.filter((_, index) => others[index]?.includes(text) === true);
}

export const sortPackages = <T extends Package>(some: Iterable<T>): T[] =>
  [...some].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

function listPaths(of: ListedPackage): readonly string[] {
  return of.listing.split("\n").flatMap((line) => (line.startsWith(" /") && line !== " /." ? [line.slice(1)] : []));
}

const mergeable = ["bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32"];

/** The top-level names that are links into /usr. */
export const findMerged = (rootDirectory: string): readonly string[] =>
  mergeable.filter(
    (name) => lstatSync(join(rootDirectory, name), { throwIfNoEntry: false })?.isSymbolicLink() === true,
  );

/** Replaces each path in a text by its path in a merged /usr. A path begins a line or follows a space. */
export function mergeUsr(text: string, merged: readonly string[]): string {
  if (merged.length === 0) return text;
  return text.replace(new RegExp(`(^| )/(?=(?:${merged.join("|")})/)`, "gm"), "$1/usr/");
}

/** A package as a node of the dependency graph. */
export interface Node {
  /** Its name without an architecture. */
  readonly plainName: string;
  readonly provides: readonly string[];
  /** Each list needs one of its alternatives. */
  readonly dependencies: readonly (readonly string[])[];
}

/** Maps each node to the nodes that satisfy its dependencies, with all installed alternatives. */
export function linkDependencies<T extends Node>(nodes: readonly T[]): ReadonlyMap<T, readonly T[]> {
  const providers = Map.groupBy(
    nodes.flatMap((node) => [node.plainName, ...node.provides].map((name) => ({ name, node }))),
    ({ name }) => name,
  );
  const find = (name: string): readonly T[] => providers.get(name)?.map(({ node }) => node) ?? [];
  return new Map(nodes.map((node) => [node, [...new Set(node.dependencies.flat().flatMap(find))]]));
}

/** All nodes that can be reached from the given ones, including these. */
export function reachFrom<T>(start: readonly T[], edges: ReadonlyMap<T, readonly T[]>): ReadonlySet<T> {
  const reached = new Set(start);
  // Iteration over a Set also visits values that are added meanwhile.
  for (const node of reached) for (const next of edges.get(node) ?? []) reached.add(next);
  return reached;
}

/** The same graph with every edge reversed. */
export function reverseEdges<T>(edges: ReadonlyMap<T, readonly T[]>): ReadonlyMap<T, readonly T[]> {
  const reversed = new Map<T, T[]>();
  for (const [from, targets] of edges) {
    for (const to of targets) {
      const known = reversed.get(to);
      if (known === undefined) reversed.set(to, [from]);
      else known.push(from);
    }
  }
  return reversed;
}

/**
 * Sorts nodes so that each comes after those that its edges lead to, directly or indirectly. A circle is entered where
 * it is met.
 */
export function sortByEdges<T>(nodes: readonly T[], edges: ReadonlyMap<T, readonly T[]>): readonly T[] {
  const wanted = new Set(nodes);
  const sorted: T[] = [];
  const seen = new Set<T>();
  const visit = (node: T): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const next of edges.get(node) ?? []) visit(next);
    if (wanted.has(node)) sorted.push(node);
  };
  for (const node of nodes) visit(node);
  return sorted;
}
