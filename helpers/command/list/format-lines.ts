import { findNearest } from "../../../generator/conf/nearest.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import type { Table } from "./fit-columns.ts";

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
