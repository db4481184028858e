import { isUtf8 } from "node:buffer";

// Controls, formats (as those that turn the direction of writing), private and unassigned characters, line separators.
const unsafe = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escape = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** A text of a sandbox's for a terminal: what could move the cursor, or look like something else, is spelt out. */
export const printableText = (text: string): string =>
  text.replace(unsafe, (character) => (character === "\n" || character === "\t" ? character : escape(character)));

/** A file's name for a terminal, on one line; bytes that are no UTF-8 as `\xNN`. */
export function printableName(name: Buffer | string): string {
  if (typeof name === "string") return name.replace(unsafe, escape);
  if (isUtf8(name)) return printableName(name.toString());
  return [...name]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
}

// ECMA-48: control sequences, strings as those of a title, and other escapes.

const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** What a sandbox said, for the journal: without escape sequences, and with a blank for each other control character. */
export const plainText = (text: string): string =>
  text.replace(escapes, "").replace(unsafe, (character) => (character === "\n" ? character : " "));
