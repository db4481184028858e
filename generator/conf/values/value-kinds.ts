import { ValueError } from "./value-error.ts";
import { parseBoolean } from "./values.ts";

/** The kind of value that a setting takes. */
export interface ValueKind<Value> {
  /** As help spells it, such as `size`. */
  readonly takes: string;
  /** Parses the text after `=`. Throws a ValueError. */
  readonly parse: (text: string) => Value;
  /** Words that it takes, perhaps besides others. */
  readonly words: readonly string[];
}

export const kind = <Value>(
  takes: string,
  parse: (text: string) => Value,
  words: readonly string[] = [],
): ValueKind<Value> => ({ takes, parse, words });

export const yesNo = kind("yes-no", parseBoolean, ["yes", "no"]);

/** One of these words. */
export const oneOf = <const Word extends string>(...words: readonly Word[]): ValueKind<Word> =>
  kind(
    words.join("|"),
    (text) => {
      const word = words.find((each) => each === text);
      if (word !== undefined) return word;
      throw new ValueError(`expected ${words.join(" or ")}`);
    },
    words,
  );
