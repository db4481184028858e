import { parse } from "ini";
import type { Origin } from "./conf.ts";
import { isKnownSection, refuseKey, type ConfSection, sections } from "./keys/known-keys.ts";
import { findNearest } from "./nearest.ts";
import { ConfError } from "./sandbox-error.ts";
import { type LogicalLine, scanLines } from "./scan-lines.ts";

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

// systemd takes no longer line either (LONG_LINE_MAX).
const longestLine = 1024 * 1024;

/** The text of a conf file as lines of known sections and keys; everything else is an error with its place. */
export function parseConf(text: string, path: string): ParsedConf {
  const errors: ConfError[] = [];
  const fail = (line: number, message: string, hint?: string, key?: string): null => {
    errors.push(new ConfError({ path, line, key }, message, hint));
    return null;
  };
  const statements: string[] = [];
  // null: a section that is already known to be wrong, whose keys would only repeat it.
  let section: ConfSection | null | undefined;
  for (const logical of scanLines(text.replace(/^\uFEFF/, ""))) {
    if (hasForbidden(logical)) {
      fail(logical.line, "there is a control character, an overlong line, or a byte that is not UTF-8");
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
  text.length > longestLine || /[\0-\x08\x0B-\x1F\x7F\uFFFD]/.test(text);

function readSection({ text, line }: LogicalLine, fail: Fail): ConfSection | null {
  const name = /^\[([^[\]]*)\]$/.exec(text)?.[1];
  if (name === undefined) return fail(line, "expected a section as [Sandbox]");
  if (isKnownSection(name)) return name;
  const nearest = findNearest(name, sections);
  return fail(
    line,
    `[${name.slice(0, 80)}] is no section of a conf`,
    nearest === undefined
      ? `Sections are ${sections.map((known) => `[${known}]`).join(" ")}`
      : `Did you mean [${nearest}]?`,
  );
}

// As text for ini: quoted, because it would end a bare value at # or ;, and with the line number, which ini forgets.
function readAssignment({ text, line }: LogicalLine, section: ConfSection | undefined, fail: Fail): string | null {
  const at = text.indexOf("=");
  const key = text.slice(0, Math.max(at, 0)).trim();
  if (key === "") return fail(line, `expected KEY=VALUE, and found \`${text.slice(0, 80)}\``);
  if (section === undefined)
    return fail(line, `${key.slice(0, 80)}= stands before any section`, "Begin with [Sandbox]", key);
  const refusal = refuseKey(section, key, text.slice(at + 1).trim());
  if (refusal !== undefined) return fail(line, refusal.message, refusal.hint, key);
  const value = JSON.stringify(`${line} ${text.slice(at + 1).trim()}`);
  return `${key}=${value.replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029")}`;
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
        const [, line = "", value = ""] = /^(\d+) (.*)$/s.exec(text) ?? [];
        lines.push({ section, key, value, path, line: Number(line) });
      }
    }
  }
  return lines.sort((one, other) => one.line - other.line);
}
