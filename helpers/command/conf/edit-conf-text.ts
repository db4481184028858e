import { endsInBackslash, type LogicalLine, scanLines } from "../../../conf/parse-conf.ts";
import { type SettingName, settings } from "../../../conf/settings.ts";
import type { SettingLine } from "../create/request.ts";

interface Entry extends LogicalLine {
  readonly value: string;
  /** The line above it and above the comments that belong to it. */
  readonly above: number;
}

/** Lists the values that a text gives a key of a section, in order. */
export function readValues(text: string, section: string, key: string): readonly string[] {
  return findEntries(text, section, key).entries.map(({ value }) => value);
}

/**
 * Returns the text of the conf with exactly these values for a key of a section, in this order. Comments, order and all
 * other lines stay. A line stays if its value stays. Otherwise a new value takes its place.
 */
export function writeValues(text: string, section: string, key: string, values: readonly string[]): string {
  const { entries, end } = findEntries(text, section, key);
  const { replaced, added } = planLines(entries, values, end);
  if (replaced.size + added.size === 0) return text.endsWith("\n") ? text : `${text}\n`;
  const old = finishLast(toLines(text));
  const write = (some: readonly string[]): readonly string[] => some.map((value) => `${key}=${value}`);
  const lines = old.flatMap((line, index): readonly string[] => {
    const entry = entries.find((each) => each.line <= index + 1 && index + 1 <= each.last);
    const fresh = entry?.line === index + 1 ? (replaced.get(entry) ?? []) : [];
    const stays = entry === undefined || !replaced.has(entry) || isComment(line);
    return [...write(fresh), ...(stays ? [line] : []), ...write(added.get(index + 1) ?? [])];
  });
  const rest = write(added.get(undefined) ?? []);
  if (rest.length > 0) lines.push(...(lines.length === 0 || lines.at(-1) === "" ? [] : [""]), `[${section}]`, ...rest);
  return `${lines.join("\n")}\n`;
}

/** The same for a setting. */
export const writeSetting = (text: string, key: SettingName, values: readonly string[]): string =>
  writeValues(text, settings[key].section, key, values);

/** Returns the text of the conf with these lines instead of all that it has of their settings. */
export const writeSettings = (text: string, lines: readonly SettingLine[]): string =>
  [...Map.groupBy(lines, ({ key }) => key)].reduce(
    (current, [key, some]) =>
      writeSetting(
        current,
        key,
        Array.from(some, ({ value }) => value),
      ),
    text,
  );

interface Lines {
  /** What comes in place of an entry that goes. */
  readonly replaced: ReadonlyMap<Entry, readonly string[]>;
  /** What comes after a line; without a line, in a new section at the end. */
  readonly added: ReadonlyMap<number | undefined, readonly string[]>;
}

/** Keeps as many entries as the order of the values allows. Between them, new values take the places of old ones. */
function planLines(entries: readonly Entry[], values: readonly string[], end: number | undefined): Lines {
  const replaced = new Map<Entry, readonly string[]>();
  const added = new Map<number | undefined, readonly string[]>();
  let [entry, value] = [0, 0];
  for (const [nextEntry, nextValue] of [...findKept(entries, values), [entries.length, values.length] as const]) {
    const gone = entries.slice(entry, nextEntry);
    const fresh = values.slice(value, nextValue);
    for (const [index, each] of gone.entries()) replaced.set(each, fresh.slice(index, index + 1));
    const more = fresh.slice(gone.length);
    const before = gone.at(-1) ?? entries[entry - 1];
    if (more.length > 0) added.set(before?.last ?? entries[nextEntry]?.above ?? end, more);
    [entry, value] = [nextEntry + 1, nextValue + 1];
  }
  return { replaced, added };
}

/** The longest common subsequence, as pairs of an entry and a value. */
function findKept(entries: readonly Entry[], values: readonly string[]): readonly (readonly [number, number])[] {
  // For the entries and values from a place on: how many can be kept.
  const counts = Array.from({ length: entries.length + 1 }, () => Array<number>(values.length + 1).fill(0));
  const count = (entry: number, value: number): number => counts[entry]?.[value] ?? 0;
  const isSame = (entry: number, value: number): boolean => entries[entry]?.value === values[value];
  for (let entry = entries.length - 1; entry >= 0; entry--)
    for (let value = values.length - 1; value >= 0; value--)
      counts[entry]?.splice(
        value,
        1,
        isSame(entry, value)
          ? count(entry + 1, value + 1) + 1
          : Math.max(count(entry + 1, value), count(entry, value + 1)),
      );
  const kept: (readonly [number, number])[] = [];
  for (let [entry, value] = [0, 0]; count(entry, value) > 0;) {
    if (isSame(entry, value)) kept.push([entry++, value++]);
    else if (count(entry + 1, value) >= count(entry, value + 1)) entry++;
    else value++;
  }
  return kept;
}

const toLines = (text: string): readonly string[] => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

const isComment = (line: string): boolean => /^[#;]/.test(line.trim());

/** A backslash at the very end continues nothing yet, and would take in the line that comes next. */
function finishLast(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => !isComment(line));
  const line = lines[last]?.trimEnd() ?? "";
  return endsInBackslash(line) ? lines.with(last, line.slice(0, -1)) : lines;
}

/** `end`: the last line of the section, if the section exists; counted from 1. */
function findEntries(
  text: string,
  section: string,
  key: string,
): { entries: readonly Entry[]; end: number | undefined } {
  const entries: Entry[] = [];
  const physical = toLines(text);
  let inside = false;
  let end: number | undefined;
  for (const logical of scanLines(text)) {
    if (logical.text.startsWith("[")) inside = logical.text === `[${section}]`;
    if (!inside) continue;
    // The end of the text may be what ends a continued line.
    const last = Math.min(logical.last, physical.length);
    end = last;
    const at = logical.text.indexOf("=");
    if (at !== -1 && logical.text.slice(0, at).trim() === key)
      entries.push({
        ...{ ...logical, last },
        value: logical.text.slice(at + 1).trim(),
        above: physical.slice(0, logical.line - 1).findLastIndex((line) => !isComment(line)) + 1,
      });
  }
  return { entries, end };
}
