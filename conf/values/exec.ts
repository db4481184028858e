import { isCleanPath, ValueError } from "./values.ts";

const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  s: " ",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** Splits a command line as systemd does (systemd.syntax(7), QUOTING); `%` and `$` are literal. Throws a ValueError. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  // A word consists of adjacent bare, single-quoted and double-quoted pieces.
  const piece = /\s|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|((?:[^\s'"\\]|\\.)+)/suy;
  let word: string | undefined;
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex;
    const match = piece.exec(text);
    if (match === null) {
      const rest = text[at] ?? "";
      throw new ValueError(rest === "\\" ? "the line ends in a backslash" : `the quote ${rest} is not closed`);
    }
    const raw = match[1] ?? match[2] ?? match[3];
    if (raw !== undefined) {
      word = (word ?? "") + unescape(raw);
    } else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

function unescape(text: string): string {
  return text.replaceAll(/\\(x[0-9A-Fa-f]{2}|.)/gsu, (_, escape: string) => {
    // Only that of a byte is so long.
    const plain = escape.length === 3 ? String.fromCharCode(parseInt(escape.slice(1), 16)) : escapes[escape];
    if (plain === undefined || plain === "\0") throw new ValueError(`\\${escape} is not a known escape`);
    return plain;
  });
}

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
