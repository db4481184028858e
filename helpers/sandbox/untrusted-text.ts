import { isUtf8 } from "node:buffer";
import { replaceUnsafe } from "../../base/text.ts";

// Somebody in a sandbox may have chosen the text: names of files and processes, messages of programs. Before a person
// sees it, it goes through one of these functions, or through printableText. The console of a sandbox goes through
// native/plain-text.c.

/** Formats a file name for a terminal, on one line. Bytes that are not UTF-8 become `\xNN`. */
export function printableName(name: Buffer | string): string {
  if (typeof name === "string") return replaceUnsafe(name);
  if (isUtf8(name)) return printableName(name.toString());
  return [...name]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
    )
    .join("");
}

const longestQuote = 300;

/** A quoted name for a sentence. A very long name is cut. */
export const quoteName = (name: Buffer | string): string =>
  `"${printableName(name)
    .replaceAll('"', String.raw`\"`)
    .slice(0, longestQuote)}"`;

// ECMA-48: control sequences, strings such as those of a title, and other escapes.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/**
 * Makes a sandbox's text safe for the journal: without escape sequences, and with a blank for each other control
 * character.
 */
export const plainText = (text: string): string =>
  replaceUnsafe(text.replace(escapes, ""), (character) => (character === "\n" ? character : " "));

/** A name as part of a path. Bytes that are not UTF-8 become `\xNN`. */
export const nameInPath = (name: Buffer): string => (isUtf8(name) ? name.toString() : printableName(name));
