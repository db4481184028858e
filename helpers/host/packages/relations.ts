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
