/** A package as the graph of dependencies sees it. */
export interface Node {
  /** Its name without an architecture. */
  readonly plainName: string;
  readonly provides: readonly string[];
  /** Each needs one of its alternatives. */
  readonly dependencies: readonly (readonly string[])[];
}

/** For each node, those that satisfy its dependencies: of an alternative all that are installed. */
export function linkDependencies<T extends Node>(nodes: readonly T[]): ReadonlyMap<T, readonly T[]> {
  const providers = Map.groupBy(
    nodes.flatMap((node) => [node.plainName, ...node.provides].map((name) => ({ name, node }))),
    ({ name }) => name,
  );
  const find = (name: string): readonly T[] => providers.get(name)?.map(({ node }) => node) ?? [];
  return new Map(nodes.map((node) => [node, [...new Set(node.dependencies.flat().flatMap(find))]]));
}

/** All nodes that can be reached from some, these included. */
export function reachFrom<T>(start: readonly T[], edges: ReadonlyMap<T, readonly T[]>): ReadonlySet<T> {
  const reached = new Set(start);
  // A Set hands out what is added while it is walked.
  for (const node of reached) for (const next of edges.get(node) ?? []) reached.add(next);
  return reached;
}

/** The same graph with every edge turned round. */
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

/** Some nodes, each after those of them that its edges lead to, by whatever way; a circle is entered where it is met. */
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
