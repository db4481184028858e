import { splitWords } from "./split-words.ts";
import { isCleanPath } from "./values.ts";
import { ValueError } from "./value-error.ts";

export interface ExecCommand {
  readonly text: string;
  /** The program's absolute path, and its arguments. */
  readonly words: readonly [string, ...string[]];
}

/** Parses a command line as in ExecStart=, but without prefixes, variables and specifiers. Throws a ValueError. */
export function parseExec(text: string): ExecCommand {
  const [program, ...rest] = splitWords(text);
  if (program !== undefined && isCleanPath(program) && !program.endsWith("/"))
    return { text, words: [program, ...rest] };
  throw new ValueError("expected the absolute path of a program, then its arguments");
}
