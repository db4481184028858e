import { printableName } from "../untrusted-text.ts";

/** What a command was called with, on one line. */
export const nameCommand = (words: readonly string[]): string =>
  printableName(["sandboxcontainer", ...words].join(" "));
