import fc from "fast-check";

/** Words that have broken parsers: keys of every object, ends of lines and strings, ways out of a folder, huge numbers. */
export const words: readonly string[] = [
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "null", "NaN", "true"],
  ...[
    "\0",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "\\",
    '"',
    "'",
    "`",
    "=",
    ":",
    ";",
    "#",
    "%",
    "$",
    ",",
    "|",
    "-",
    "+",
    "~",
    "*",
  ],
  ...["[", "]", "(", ")", "{", "}", "<", ">", "&", "/", "//", ".", "..", "../", "/../", "@"],
  ...["\x1b[31m", "\x1b]0;x\x07", "\x7f", "\x9b", "\u0085", "\u2028", "\u202e", "\ufeff", "\ufffd", "\ud800", "\u00a0"],
  ...["0", "-1", "08", "1e309", "0x10", "4294967296", "99999999999999999999", "9".repeat(400)],
];

/** Any text, with every code unit: also halves of pairs. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", size: "+1" }),
  fc.string({ unit: "binary-ascii", size: "+1" }),
  fc.array(fc.constantFrom(...words), { size: "+1" }).map((some) => some.join("")),
);

type Change = (text: string, examples: readonly string[]) => string;

const at = (text: string, place: number): number => Math.floor(place * (text.length + 1));
/** A place in a text, as a part of its length. */
export const place = fc.nat(999).map((part) => part / 1000);
const span = fc.tuple(place, fc.nat(40));

const change: fc.Arbitrary<Change> = fc.oneof(
  span.map(
    ([from, length]): Change =>
      (text) =>
        text.slice(0, at(text, from)) + text.slice(at(text, from) + length),
  ),
  place.map(
    (from): Change =>
      (text) =>
        text.slice(0, at(text, from)),
  ),
  fc.tuple(span, fc.integer({ min: 2, max: 6 })).map(([[from, length], times]): Change => (text) => {
    const begin = at(text, from);
    return text.slice(0, begin) + text.slice(begin, begin + length).repeat(times) + text.slice(begin + length);
  }),
  fc.tuple(place, fc.nat(2), fc.constantFrom(...words)).map(
    ([from, length, word]): Change =>
      (text) =>
        text.slice(0, at(text, from)) + word + text.slice(at(text, from) + length),
  ),
  fc.tuple(place, fc.nat(255)).map(
    ([from, code]): Change =>
      (text) =>
        text.slice(0, at(text, from)) + String.fromCharCode(code) + text.slice(at(text, from) + 1),
  ),
  fc.tuple(place, fc.nat(), span).map(([from, which, [begin, length]]): Change => (text, examples) => {
    const other = examples[which % examples.length] ?? "";
    return (
      text.slice(0, at(text, from)) + other.slice(at(other, begin)).slice(0, length * 2) + text.slice(at(text, from))
    );
  }),
);

/** Texts like these: cut, repeated, changed, mixed with each other and with hostile words; and sometimes any text. */
export const nearTo = (...examples: readonly [string, ...string[]]): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .tuple(fc.constantFrom(...examples), fc.array(change, { maxLength: 6 }))
        .map(([text, changes]) => changes.reduce((changed, apply) => apply(changed, examples), text)),
    },
    { weight: 1, arbitrary: anyText },
  );

/** The same for bytes. */
export const nearBytes = (...examples: readonly [Buffer, ...Buffer[]]): fc.Arbitrary<Buffer> => {
  const [first, ...more] = examples.map((each) => each.toString("latin1"));
  return nearTo(first ?? "", ...more).map((text) => Buffer.from(text, "latin1"));
};

interface Piece {
  readonly isKey: boolean;
  readonly text: string;
}

const anyKey = fc.constantFrom(...words).map((word): Piece => ({ isKey: true, text: `${JSON.stringify(word)}:` }));
const anyPiece = fc
  .oneof(
    fc.constantFrom("null", "true", "0", "-1", "0.5", "1e400", '""', "[]", "{}", "[null]", '{"__proto__":{"x":1}}'),
    fc.constantFrom(...words).map((word) => JSON.stringify(word)),
    fc.json({ maxDepth: 2 }),
  )
  .map((text): Piece => ({ isKey: false, text }));

/** JSON like this, with other values and keys in some places. */
export const nearJson = (...examples: readonly [string, ...string[]]): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.constantFrom(...examples),
      fc.array(fc.tuple(fc.nat(), fc.oneof(anyKey, anyPiece)), { minLength: 1, maxLength: 3 }),
    )
    .map(([json, changes]) => changes.reduce((text, [which, piece]) => replaceIn(text, which, piece), json));

// The pieces of the text that are whole keys or values of JSON's kinds.
const pieces = /"(?:[^"\\]|\\.)*"(:?)|-?\d[\d.e+-]*|true|false|null/g;

function replaceIn(text: string, which: number, { isKey, text: replacement }: Piece): string {
  const found = [...text.matchAll(pieces)].filter(([, colon]) => (colon === ":") === isKey);
  const piece = found[which % Math.max(found.length, 1)];
  if (piece === undefined) return text;
  return text.slice(0, piece.index) + replacement + text.slice(piece.index + piece[0].length);
}
