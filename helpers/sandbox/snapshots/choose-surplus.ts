import type { Keep, Period } from "../../../conf/values/keep.ts";
import { parseScheduled, type Scheduled } from "./scheduled-name.ts";

/** What becomes of the snapshots of a sandbox after one was made. */
export interface Choice {
  /** Those that Keep= does not want any more, oldest first. */
  readonly surplus: readonly string[];
  /** Those whose time is yet to come, because the clock was wrong. Nobody can tell how old they are, so they stay. Oldest first. */
  readonly future: readonly string[];
}

/**
 * Chooses the snapshots that Keep= does not want. `now` is the time of the one just made, in seconds since the epoch; that one
 * stays. Of periods, only those count in which there is one: after a pause, or a clock that was ahead, as many stay as before it.
 * All are in UTC, where no hour is there twice. Those that were made by hand are neither removed nor counted.
 */
export function chooseSurplus(snapshots: readonly string[], keep: Keep, now: number): Choice {
  const newestFirst = snapshots.flatMap((each) => parseScheduled(each) ?? []).sort(compare);
  const past = newestFirst.filter(({ time }) => time <= now);
  const kept = new Set(keep.kind === "count" ? past.slice(0, keep.count) : keepByPeriods(past, keep.counts));
  const [newest] = past;
  if (newest !== undefined) kept.add(newest);
  return {
    surplus: namesOf(past.filter((each) => !kept.has(each))),
    future: namesOf(newestFirst.filter(({ time }) => time > now)),
  };
}

const compare = (one: Scheduled, other: Scheduled): number => other.time - one.time || other.place - one.place;

const namesOf = (newestFirst: readonly Scheduled[]): readonly string[] =>
  newestFirst.map(({ snapshot }) => snapshot).toReversed();

const keepByPeriods = (newestFirst: readonly Scheduled[], counts: ReadonlyMap<Period, number>): readonly Scheduled[] =>
  [...counts].flatMap(([period, count]) => {
    const newestOf = new Map<number, Scheduled>();
    for (const each of newestFirst) {
      const number = numberOf(period, each.time);
      if (!newestOf.has(number)) newestOf.set(number, each);
    }
    return [...newestOf.values()].slice(0, count);
  });

const day = 86_400;

/** The number of the period in which a time is. Weeks begin on Monday; the epoch was a Thursday. */
function numberOf(period: Period, time: number): number {
  const date = new Date(time * 1000);
  switch (period) {
    case "h":
      return Math.floor(time / 3600);
    case "d":
      return Math.floor(time / day);
    case "w":
      return Math.floor((time / day + 3) / 7);
    case "m":
      return date.getUTCFullYear() * 12 + date.getUTCMonth();
    case "y":
      return date.getUTCFullYear();
  }
}
