import type { Tried } from "./try-file.ts";

/** A change that no test can notice, or that none has to. */
interface Explained {
  readonly file: string;
  /** The line as it is, without the spaces before it. */
  readonly line: string;
  /** What the line has in that place, and what then is there. Without it, any change of this line is meant. */
  readonly change?: readonly [was: string, now: string];
  readonly why: string;
}

const all: readonly Explained[] = [];

const fits = (tried: Tried, { file, line, change }: Explained): boolean =>
  tried.file === file &&
  tried.line === line &&
  (change === undefined || (change[0] === tried.was && change[1] === tried.now));

export const isExplained = (tried: Tried): boolean => all.some((each) => fits(tried, each));

/** Lists what explains nothing any more, of the files in whose path this word is. */
export const listStale = (left: readonly Tried[], only: string): readonly Explained[] =>
  all.filter((each) => each.file.includes(only) && !left.some((tried) => fits(tried, each)));
