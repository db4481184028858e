import { ValueError } from "./values.ts";

/** The letters of periods: hours, days, weeks, months and years. */
export type Period = "h" | "d" | "w" | "m" | "y";

/** Which automatic snapshots stay: the newest ones, or the newest of each of the last periods. */
export type Keep =
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "periods"; readonly counts: ReadonlyMap<Period, number> };

/** Without Keep=. */
export const defaultKeep = "7";

const expected = "a count such as 7, or counts of periods such as 24h7d4w6m2y, each from 1 to 9999";

/** Parses the value of Keep=. Throws a ValueError. */
export function parseKeep(text: string): Keep {
  if (/^\d+$/.test(text)) return { kind: "count", count: parseCount(text) };
  const counts = new Map<Period, number>();
  if (!/^(?:\d+[hdwmy])+$/.test(text)) throw new ValueError(`expected ${expected}`);
  for (const [, digits = "", letter] of text.matchAll(/(\d+)([hdwmy])/g)) {
    const period = letter as Period;
    if (counts.has(period)) throw new ValueError(`${period} is there twice`);
    counts.set(period, parseCount(digits));
  }
  return { kind: "periods", counts };
}

function parseCount(digits: string): number {
  const count = Number(digits);
  if (count >= 1 && count <= 9999) return count;
  throw new ValueError(count === 0 ? `0 would keep none: expected ${expected}` : `expected ${expected}`);
}
