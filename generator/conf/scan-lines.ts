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
