import { ofLevel } from "./group-denials.ts";
import type { Denial } from "./parse-audit.ts";
import { parseSince } from "./parse-since.ts";
import { readDenials } from "./read-audit.ts";

/** Counts what SELinux denied to a level since midnight; null if that is not known. */
export type CountDenials = (level: string | null) => number | null;

/** Reads the denials once, for all sandboxes. If that fails, the other facts are still worth showing. */
export async function readDeniedToday(): Promise<CountDenials> {
  const denials: readonly Denial[] | undefined = await readDenials(parseSince("today", new Date())).catch(
    () => undefined,
  );
  return (level) => (denials === undefined || level === null ? null : ofLevel(denials, level).length);
}
