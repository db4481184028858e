import { printableName } from "../untrusted-text.ts";

/** The arguments of a command on one line. */
export const nameCommand = (words: readonly string[]): string =>
  printableName(["sandboxcontainer", ...words].join(" "));
