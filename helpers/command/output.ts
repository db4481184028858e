import { styleText } from "node:util";
import { printableText } from "../../base/text.ts";
import { printableName } from "../sandbox/untrusted-text.ts";
import { interruptible } from "./interruptible.ts";

// The build sets this.
declare const VERSION: string | undefined;

/** Of this command. It is said here because what prints is loaded anyway. */
export const version = typeof VERSION === "undefined" ? "unbundled" : VERSION;

/** Tells a reader on a terminal whether a word is good news. */
export type Tone = "good" | "doubtful" | "bad";

const colours = { good: "green", doubtful: "yellow", bad: "red" } as const;

/** Colours a word, but only on a terminal that has colours, and not if NO_COLOR is set (no-color.org). */
export const paint = (tone: Tone | undefined, text: string): string =>
  tone === undefined ? text : styleText(colours[tone], text, { stream: process.stdout });

/**
 * Formats rows as aligned columns; the last column keeps its length. `judge` decides the colour of a word. A cell may have
 * text of anybody: a conf or a manifest may come from an archive.
 */
export function formatTable(
  header: readonly string[],
  texts: readonly (readonly string[])[],
  judge: (word: string, title: string) => Tone | undefined = () => undefined,
): string {
  const rows = texts.map((row) => row.map(printableName));
  // A call with all lengths as arguments fails for very many rows.
  const widths = header.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), title.length),
  );
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

/** Tells a person something that is not a failure. */
export function warn(text: string): void {
  process.stderr.write(`warning: ${printableText(text)}\n`);
}

/** The option of every verb that prints. */
export interface JsonOption {
  readonly json?: boolean;
}

/** Prints JSON for programs. They find every key of docs/json.md: an unknown value is null and is not left out. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, nullForUndefined, 2));
}

/** Formats the same JSON on one line. */
export const formatJsonLine = (value: unknown): string => JSON.stringify(value, nullForUndefined);

const nullForUndefined = (_key: string, value: unknown): unknown => value ?? null;

/**
 * Runs work that a person waits for, and may interrupt; `describe` says what is then. Shows a spinner on a terminal and
 * nothing in a pipe. `tell` adds to its text.
 */
export const withProgress = <Result>(
  text: string,
  work: (tell: (progress: string) => void) => Promise<Result>,
  describe?: () => string,
): Promise<Result> => interruptible(text, () => withSpinner(text, work), describe);

async function withSpinner<Result>(
  text: string,
  work: (tell: (progress: string) => void) => Promise<Result>,
): Promise<Result> {
  if (!process.stderr.isTTY) return work(() => undefined);
  const { default: yoctoSpinner } = await import("yocto-spinner");
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
