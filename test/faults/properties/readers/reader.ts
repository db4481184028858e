import type fc from "fast-check";
import { test } from "node:test";
import fastCheck from "fast-check";
import { assertQuick, assertUnpolluted, orOwnError } from "../bounds.ts";
import { nearTo } from "../hostile.ts";
import { runs } from "../runs.ts";

/** Something that reads a text of somebody else. */
export interface Reader {
  readonly name: string;
  readonly read: (text: string) => unknown;
  /** Texts that it reads without an error. */
  readonly examples: readonly [string, ...string[]];
  /** The errors that it may throw; none if it has an answer to every text. */
  readonly errors?: Parameters<typeof orOwnError>[1];
  /** Texts to try besides those like the examples. */
  readonly more?: fc.Arbitrary<string>;
}

/** Tests readers: any text gives an answer or their own error, and in a time that grows as the text does. */
export function testReaders(...readers: readonly Reader[]): void {
  for (const { name, read, examples, errors = [], more } of readers) {
    test(`${name}: any text is read, or refused with an error of its own`, () => {
      for (const example of examples) read(example);
      const text = nearTo(...examples);
      fastCheck.assert(
        fastCheck.property(more === undefined ? text : fastCheck.oneof(text, more), (each) => {
          orOwnError(() => read(each), errors);
          assertUnpolluted();
        }),
        runs(),
      );
    });
    test(`${name}: a long text takes a short time`, () => {
      assertQuick(examples, (text) => orOwnError(() => read(text), errors));
    });
  }
}
