import { styleText } from "node:util";
import yoctoSpinner from "yocto-spinner";

/** How good a word is, for who reads it on a terminal. */
export type Tone = "good" | "doubtful" | "bad";

const colours = { good: "green", doubtful: "yellow", bad: "red" } as const;

/** A word in its colour: on a terminal that has colours only, and not with NO_COLOR (no-color.org). */
export const paint = (tone: Tone | undefined, text: string): string =>
  tone === undefined ? text : styleText(colours[tone], text, { stream: process.stdout });

/** Rows of text as aligned columns; the last column keeps its length. `judge` gives words of a column a colour. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  judge: (word: string, title: string) => Tone | undefined = () => undefined,
): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const formatCell = (cell: string, column: number, row: readonly string[]): string => {
    const room = column === row.length - 1 ? 0 : (widths[column] ?? 0) - cell.length;
    return `${paint(judge(cell, header[column] ?? ""), cell)}${" ".repeat(Math.max(room, 0))}`;
  };
  const formatRow = (row: readonly string[]): string => row.map(formatCell).join("  ").trimEnd();
  return [header, ...rows].map((row) => `${formatRow(row)}\n`).join("");
}

export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Tells a person something that is no failure. */
export function warn(text: string): void {
  process.stderr.write(`warning: ${text}\n`);
}

/** For programs, which find every key of docs/json.md: what is not known is null, and not left out. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, nullForUndefined, 2));
}

/** The same on one line. */
export const formatJsonLine = (value: unknown): string => JSON.stringify(value, nullForUndefined);

const nullForUndefined = (_key: string, value: unknown): unknown => value ?? null;

/** Runs a piece of work that a person waits for: a spinner on a terminal, nothing in a pipe. What is told adds to its text. */
export async function withProgress<Result>(
  text: string,
  work: (tell: (progress: string) => void) => Promise<Result>,
): Promise<Result> {
  if (!process.stderr.isTTY) return work(() => undefined);
  const spinner = yoctoSpinner({ text, stream: process.stderr }).start();
  try {
    let shown = 0;
    return await work((progress) => {
      if (performance.now() - shown < 100) return;
      shown = performance.now();
      spinner.text = `${text}: ${progress}`;
    });
  } finally {
    spinner.stop();
  }
}
