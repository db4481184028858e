import assert from "node:assert/strict";
import fc from "fast-check";
import { place, words } from "./hostile.ts";
import { runs } from "./runs.ts";

// A reader of this many characters takes milliseconds. One that goes back for each of them takes minutes.
const sizes = [1 << 13, 1 << 15, 1 << 17];
const maxMilliseconds = 1500;

// The processor's time, because others work on this machine too.
function measure(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Asserts that a long text takes a short time: pieces of the examples, or of hostile words, again and again. */
export function assertQuick(examples: readonly string[], read: (text: string) => unknown): void {
  const example = fc.constantFrom(...examples, "");
  const piece = fc.oneof(
    fc.tuple(example, place, fc.integer({ min: 1, max: 30 })).map(([text, from, length]) => {
      const begin = Math.floor(from * text.length);
      return text.slice(begin, begin + length);
    }),
    fc.constantFrom(...words, "a", "A", "aa ", "/a"),
  );
  const end = fc.oneof(fc.constant(""), piece);
  fc.assert(
    fc.property(example, place, piece, end, (begin, cut, repeated, last) => {
      for (const size of sizes) {
        const text = begin.slice(0, Math.ceil(cut * begin.length)) + repeatTo(repeated, size) + last;
        const spent = measure(() => read(text));
        assert.ok(
          spent < maxMilliseconds,
          `${Math.round(spent)} ms for ${size} characters of ${JSON.stringify(repeated)}`,
        );
      }
    }),
    // To look for a smaller example would take too long.
    { ...runs(0.1), endOnFailure: true },
  );
}

const repeatTo = (piece: string, size: number): string => piece.repeat(Math.ceil(size / Math.max(piece.length, 1)));

type ErrorClass = abstract new (...words: never[]) => Error;

/** Runs a reader; returns undefined if it throws an error of its own, and passes on any other. */
export function orOwnError<T>(read: () => T, own: readonly ErrorClass[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (own.some((each) => error instanceof each)) return undefined;
    throw error;
  }
}

const inherited = Object.getOwnPropertyNames(Object.prototype);

/** Asserts that nothing was added to what every object inherits. */
export function assertUnpolluted(): void {
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), inherited);
}

/** Asserts that a text can do nothing to a terminal: no control characters, and nothing that hides or turns text. */
export function assertPrintable(text: string): void {
  assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/);
}

/** Asserts that a text has no control characters but tabs and line feeds. */
export function assertNoControl(text: string): void {
  assert.doesNotMatch(text, /[\0-\x08\x0b-\x1f\x7f-\x9f]/);
}
