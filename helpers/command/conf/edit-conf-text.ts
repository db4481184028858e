import { scanLines, type LogicalLine } from "../../../generator/conf/scan-lines.ts";

interface Entry extends LogicalLine {
  readonly value: string;
}

/** Lists the values that a text gives a key of a section, in order. */
export function readValues(text: string, section: string, key: string): readonly string[] {
  return findEntries(text, section, key).entries.map(({ value }) => value);
}

/**
 * Returns the text of the conf with exactly these values for a key of a section. Comments, order and all other lines
 * stay. A line stays if its value stays. Otherwise a new value takes its place.
 */
export function writeValues(text: string, section: string, key: string, values: readonly string[]): string {
  const { entries, end } = findEntries(text, section, key);
  const lines = text === "" ? [] : text.replace(/\n$/, "").split("\n");
  const fresh = [...values];
  for (const { value } of entries) if (fresh.includes(value)) fresh.splice(fresh.indexOf(value), 1);
  const kept = [...values];
  let after = entries.at(-1)?.last ?? end;
  // We work from the end, so that the numbers of earlier lines stay valid.
  const dropped = entries.filter(({ value }) => !take(kept, value));
  const replacements = new Map(dropped.map((entry) => [entry, fresh.shift()]));
  for (const entry of dropped.toReversed()) {
    const replacement = replacements.get(entry);
    const count = entry.last - entry.line + 1;
    lines.splice(entry.line - 1, count, ...(replacement === undefined ? [] : [`${key}=${replacement}`]));
    if (after !== undefined) after -= count - (replacement === undefined ? 0 : 1);
  }
  const added = fresh.map((value) => `${key}=${value}`);
  if (after !== undefined) lines.splice(after, 0, ...added);
  else if (added.length > 0)
    lines.push(...(lines.length === 0 || lines.at(-1) === "" ? [] : [""]), `[${section}]`, ...added);
  return `${lines.join("\n")}\n`;
}

function take(values: string[], value: string): boolean {
  const at = values.indexOf(value);
  if (at !== -1) values.splice(at, 1);
  return at !== -1;
}

/** `end`: the last line of the section, if the section exists; counted from 1. */
function findEntries(
  text: string,
  section: string,
  key: string,
): { entries: readonly Entry[]; end: number | undefined } {
  const entries: Entry[] = [];
  let inside = false;
  let end: number | undefined;
  for (const logical of scanLines(text)) {
    if (logical.text.startsWith("[")) inside = logical.text === `[${section}]`;
    if (!inside) continue;
    end = logical.last;
    const at = logical.text.indexOf("=");
    if (at !== -1 && logical.text.slice(0, at).trim() === key)
      entries.push({ ...logical, value: logical.text.slice(at + 1).trim() });
  }
  return { entries, end };
}
