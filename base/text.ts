// Control and format characters (such as those that change the direction of writing), private and unassigned ones, line
// separators, and the replacement for bytes that were not UTF-8.
const unsafe = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu;

const spellOut = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Spells out, or replaces otherwise, what could move the cursor of a terminal or look like something else. */
export const replaceUnsafe = (text: string, replace: (character: string) => string = spellOut): string =>
  text.replace(unsafe, replace);

/** Makes somebody else's text safe for a terminal, and keeps its lines and tabs. */
export const printableText = (text: string): string =>
  replaceUnsafe(text, (character) => (character === "\n" || character === "\t" ? character : spellOut(character)));

/** Finds the candidate that a word was probably meant to be: at most two typos away, case ignored. May be undefined. */
export function findNearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = word.length <= 4 ? 1 : 2;
  const wanted = word.toLowerCase();
  let nearest: string | undefined;
  let least = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) > limit) continue;
    const distance = countSlips(wanted, candidate.toLowerCase());
    if (distance < least) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

// Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.
function countSlips(from: string, to: string): number {
  let before: readonly number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      // Before the first character there is none, and it is like no other.
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, last] = [last, current];
  }
  return last[to.length] ?? 0;
}

/** Quotes a word for a shell in single quotes. */
export const quoteForShell = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Formats a number of bytes for a person: `1.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = bytes;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ""}`;
}

/** Formats bytes with the largest suffix that is exact, as in Image=. */
export function formatSize(bytes: number): string {
  const suffixes = ["", "K", "M", "G", "T"];
  let [size, step] = [bytes, 0];
  while (size >= 1024 && size % 1024 === 0 && step < 4) [size, step] = [size / 1024, step + 1];
  return `${size}${suffixes[step] ?? ""}`;
}
