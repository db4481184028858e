/** An entry of the journal. A field that it has twice is an array, and one with bytes that are no text another one. */
export type Entry = Readonly<Record<string, unknown>>;

/** Parses a line of `journalctl --output=json`; undefined for any other line, such as the half of one. */
export function parseEntry(line: string): Entry | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return typeof value === "object" && value !== null ? (value as Entry) : undefined;
}

/** A field of an entry; empty unless the entry has it once, as text. */
export function textOf(entry: Entry, field: string): string {
  const value = entry[field];
  return typeof value === "string" ? value : "";
}
