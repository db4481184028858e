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
