/** The categories of a level (the C of `s0:c1,c2`), or of the upper end of a range of levels. */
export type Categories = ReadonlySet<number>;

export const categoryCount = 1024;

// Matches `s0:c1,c2`, `s0:c1.c3` for c1,c2,c3, `s0-s0:c1,c2`, alone or at the end of a context.
const level = /(?<![\w.])s\d+(?:-s\d+)?:(c\d{1,4}(?:[.,]c\d{1,4})*)/g;

/** Finds all levels with categories in any text: contexts, XML, JSON. */
export const parseLevels = (text: string): readonly Categories[] =>
  [...text.matchAll(level)].map(([, list = ""]) => expand([...new Set(list.split(","))]));

function expand(parts: readonly string[]): Categories {
  const categories = new Set<number>();
  for (const part of parts) {
    const [first = 0, last = first] = part.split(".").map((name) => Number(name.slice(1)));
    for (let category = first; category <= last && category < first + categoryCount; category++)
      categories.add(category);
  }
  return categories;
}

/**
 * Whether one could reach what belongs to the other, because it has all of the other's categories. A level with all
 * categories belongs to the host itself.
 */
export function meets(one: Categories, other: Categories): boolean {
  if (one.size === categoryCount || other.size === categoryCount) return false;
  return [...one].every((each) => other.has(each)) || [...other].every((each) => one.has(each));
}

/** Chooses a free pair. `pick` returns a number below its argument. Undefined if many tries find no free pair. */
export function chooseLevel(taken: readonly Categories[], pick: (below: number) => number): string | undefined {
  for (let tries = 0; tries < 10_000; tries++) {
    const pair = new Set([pick(categoryCount), pick(categoryCount)]);
    if (pair.size !== 2 || taken.some((other) => meets(pair, other))) continue;
    const [low = 0, high = 0] = [...pair].sort((one, other) => one - other);
    return `s0:c${low},c${high}`;
  }
  return undefined;
}
