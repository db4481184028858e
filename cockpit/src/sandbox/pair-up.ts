/** A line on the left or on the right side; undefined where the other side has more lines. */
export interface Pair {
  readonly left: string | undefined;
  readonly right: string | undefined;
}

/** Puts the lines of a unified difference side by side. Headings of parts are on both sides. */
export function pairUp(text: string): readonly Pair[] {
  const pairs: Pair[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++)
      pairs.push({ left: removed[at], right: added[at] });
    removed = [];
    added = [];
  };
  // The names of both files come before the first part. After it, such a line is a removed `-- x`.
  const lines = text.split("\n");
  const begin = lines.findIndex((line) => line.startsWith("@@"));
  for (const line of lines.slice(Math.max(begin, 0))) {
    if (line.startsWith("-")) removed.push(line.slice(1));
    else if (line.startsWith("+")) added.push(line.slice(1));
    else {
      flush();
      if (line !== "") pairs.push({ left: line.replace(/^ /, ""), right: line.replace(/^ /, "") });
    }
  }
  flush();
  return pairs;
}
