import { parse } from "ini";
import { ConfError } from "../base/errors.ts";
import { findNearest } from "../base/text.ts";
import type { Origin } from "./conf.ts";
import { type ConfSection, isKnownSection, refuseKey, sections } from "./keys/known-keys.ts";

/** One `KEY=VALUE` of a conf file; the value is exactly what was written. */
export interface ConfLine extends Origin {
  readonly section: ConfSection;
  readonly key: string;
  readonly value: string;
}

export interface ParsedConf {
  readonly path: string;
  readonly lines: readonly ConfLine[];
  readonly errors: readonly ConfError[];
}

// systemd has the same limit (LONG_LINE_MAX).
const longestLine = 1024 * 1024;

/** Parses a conf file to lines with known sections and keys. Anything else becomes an error with its place. */
export function parseConf(text: string, path: string): ParsedConf {
  const errors: ConfError[] = [];
  const fail = (line: number, message: string, hint?: string, key?: string): null => {
    errors.push(new ConfError({ path, line, key }, message, hint));
    return null;
  };
  const statements: string[] = [];
  // null means an unknown section, which is already an error: its keys are skipped.
  let section: ConfSection | null | undefined;
  for (const logical of scanLines(text)) {
    if (hasForbidden(logical)) {
      fail(logical.line, "the line is too long, or it has a control character or a byte that is not UTF-8");
    } else if (logical.text.startsWith("[")) {
      section = readSection(logical, fail);
      if (section !== null) statements.push(`[${section}]`);
    } else if (section !== null) {
      const statement = readAssignment(logical, section, fail);
      if (statement !== null) statements.push(statement);
    }
  }
  return { path, lines: readStatements(statements, path), errors };
}

type Fail = (line: number, message: string, hint?: string, key?: string) => null;

const hasForbidden = ({ text }: LogicalLine): boolean =>
  text.length > longestLine || /[\0-\x08\x0B-\x1F\x7F-\x9F\uFFFD]/.test(text);

function readSection({ text, line }: LogicalLine, fail: Fail): ConfSection | null {
  const name = /^\[([^[\]]*)\]$/.exec(text)?.[1];
  if (name === undefined) return fail(line, "expected a section, such as [Sandbox]");
  if (isKnownSection(name)) return name;
  const nearest = findNearest(name, sections);
  return fail(
    line,
    `[${name.slice(0, 80)}] is not a section of a conf`,
    nearest === undefined
      ? `Sections are ${sections.map((known) => `[${known}]`).join(" ")}`
      : `Did you mean [${nearest}]?`,
  );
}

// Returns a line for ini. The value is quoted because ini ends a bare value at # or ;, and has the line number because
// ini forgets it.
function readAssignment({ text, line }: LogicalLine, section: ConfSection | undefined, fail: Fail): string | null {
  const at = text.indexOf("=");
  const key = text.slice(0, Math.max(at, 0)).trim();
  if (key === "") return fail(line, `expected KEY=VALUE, but found \`${text.slice(0, 80)}\``);
  if (section === undefined)
    return fail(line, `${key.slice(0, 80)}= comes before any section`, "Begin with [Sandbox]", key);
  const value = text.slice(at + 1).trim();
  const refusal = refuseKey(section, key, value);
  if (refusal !== undefined) return fail(line, refusal.message, refusal.hint, key);
  // In a generated unit the next line would be joined to this one. A backslash is left when the value ends in `\ \` and
  // its continuation is empty.
  if (endsInBackslash(value)) return fail(line, `the value of ${key}= ends in a backslash`, "Write two, or none", key);
  const quoted = JSON.stringify(`${line} ${value}`);
  return `${key}=${quoted.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}`;
}

function readStatements(statements: readonly string[], path: string): readonly ConfLine[] {
  const parsed = parse(statements.join("\n"), { bracketedArray: false }) as Record<
    string,
    Record<string, string | string[]>
  >;
  const lines: ConfLine[] = [];
  for (const section of sections) {
    for (const [key, texts] of Object.entries(parsed[section] ?? {})) {
      for (const text of typeof texts === "string" ? [texts] : texts) {
        const at = text.indexOf(" ");
        lines.push({ section, key, value: text.slice(at + 1), path, line: Number(text.slice(0, at)) });
      }
    }
  }
  return lines.sort((one, other) => one.line - other.line);
}

/** A logical line: a line and its continuations, without comments and the backslashes that continue it. Never empty. */
export interface LogicalLine {
  readonly text: string;
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** Where it ends. */
  readonly last: number;
}

/** Splits text as systemd does (systemd.syntax(7)): comments are whole lines, a trailing backslash continues. */
export function scanLines(text: string): readonly LogicalLine[] {
  const lines: LogicalLine[] = [];
  let begun: { parts: string[]; line: number; last: number } | undefined;
  let number = 0;
  for (const physical of text.split("\n")) {
    number++;
    // This strips carriage returns and a byte order mark as well.
    const stripped = physical.trim();
    if (/^[#;]/.test(stripped)) continue;
    const continues = endsInBackslash(stripped);
    const part = continues ? stripped.slice(0, -1) : stripped;
    begun ??= { parts: [], line: number, last: number };
    begun.parts.push(part);
    begun.last = number;
    if (continues) continue;
    push(begun);
    begun = undefined;
  }
  if (begun !== undefined) push(begun);
  return lines;

  function push({ parts, line, last }: { parts: string[]; line: number; last: number }): void {
    // The backslash is replaced by a space (conf-parser.c).
    const joined = parts.join(" ").trim();
    if (joined !== "") lines.push({ text: joined, line, last });
  }
}

/** Whether a line goes on in the next one. An even number of trailing backslashes does not: each pair is an escaped one. */
export function endsInBackslash(text: string): boolean {
  let count = 0;
  while (text.at(-1 - count) === "\\") count++;
  return count % 2 === 1;
}
