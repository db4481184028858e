import { SandboxError } from "../../base/errors.ts";
import { findNearest } from "../../base/text.ts";
import { printableName } from "../sandbox/untrusted-text.ts";

/** Columns with a heading each, as texts. The last column may be cut. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A way to make a table narrower. */
export type Step = (table: Table) => Table;

const gap = 2;
// So much of the last column is worth more than another column.
const leastOfLast = 16;

/** Makes a table fit a width: the steps, in their order, as far as they are needed. Then the last column is cut. */
export function fitColumns(table: Table, width: number, steps: readonly Step[]): Table {
  const fitting = steps.reduce((current, step) => (widthOf(current) <= width ? current : step(current)), table);
  return cutLast(fitting, width);
}

/** Leaves out a column; with `isMissed`, only if none of its cells would be missed. */
export const leaveOut =
  (title: string, isMissed: (cell: string) => boolean = () => false): Step =>
  (table) => {
    const at = table.header.indexOf(title);
    return at < 0 || table.rows.some((row) => isMissed(row[at] ?? ""))
      ? table
      : selectColumns(
          table,
          table.header.filter((each) => each !== title),
        );
  };

/** The columns with these titles, in this order. */
export function selectColumns({ header, rows }: Table, titles: readonly string[]): Table {
  const places = titles.map((title) => header.indexOf(title));
  return { header: titles, rows: rows.map((row) => places.map((place) => row[place] ?? "")) };
}

/** Writes the cells of a column shorter. */
export const shorten =
  (title: string, change: (cell: string) => string): Step =>
  ({ header, rows }) => ({
    header,
    rows: rows.map((row) => row.map((cell, index) => (header[index] === title ? change(cell) : cell))),
  });

const widthsOf = ({ header, rows }: Table): readonly number[] =>
  header.map((title, column) => rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), title.length));

const sumOf = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + gap, 0);

function widthOf(table: Table): number {
  const widths = widthsOf(table);
  return sumOf(widths.slice(0, -1)) + Math.min(widths.at(-1) ?? 0, leastOfLast);
}

function cutLast({ header, rows }: Table, width: number): Table {
  const room = Math.max(width - sumOf(widthsOf({ header, rows }).slice(0, -1)), header.at(-1)?.length ?? 1);
  const cut = (cell: string): string => (cell.length > room ? `${cell.slice(0, room - 1)}…` : cell);
  return { header, rows: rows.map((row) => [...row.slice(0, -1), ...row.slice(-1).map(cut)]) };
}

/** Parses `name,state`, in any case. Throws a SandboxError that names the columns. */
export const parseColumns = (text: string, header: readonly string[]): readonly string[] =>
  text.split(",").map((word) => findColumn(word.trim(), header, "--columns"));

/** Formats a line for each row: `{{NAME}}` stands for a cell, `\t` and `\n` for those characters. */
export function formatLines({ header, rows }: Table, format: string): string {
  const parts = format
    .replaceAll(String.raw`\t`, "\t")
    .replaceAll(String.raw`\n`, "\n")
    .split(/\{\{([^{}]*)\}\}/);
  // Every other part is the name of a column, perhaps with a dot before it, as in other tools.
  const places = parts.map((part, index) =>
    index % 2 === 1 ? header.indexOf(findColumn(part.trim().replace(/^\./, ""), header, "--format")) : -1,
  );
  return rows
    .map((row) => parts.map((part, index) => (index % 2 === 1 ? printableName(row[places[index] ?? -1] ?? "") : part)))
    .map((line) => `${line.join("")}\n`)
    .join("");
}

function findColumn(word: string, header: readonly string[], option: string): string {
  const title = word.toUpperCase();
  if (header.includes(title)) return title;
  const nearest = findNearest(title, header);
  throw new SandboxError(`${option}: there is no column \`${printableName(word)}\``, {
    hint: `${nearest === undefined ? "" : `Did you mean ${nearest}? `}There are ${header.join(", ")}`,
    status: 2,
  });
}
