import type { PassThroughLine } from "./conf.ts";
import type { ConfLine } from "./parse-conf.ts";

export type Fail = (line: ConfLine, message: string, hint?: string) => void;

/**
 * Merges the lines of a section whose keys are systemd's, lowest precedence first. Of a key that may not repeat, the last
 * line is kept. An empty value forgets the earlier ones, as in a unit file: of its key, or of all keys of its group.
 */
export function mergeLines(
  lines: readonly ConfLine[],
  kinds: ReadonlyMap<string, "once" | "list">,
  fail: Fail,
  isOfGroup: (key: string) => boolean = () => false,
): readonly PassThroughLine[] {
  // Most confs have no such section, and the generator reads many confs.
  if (lines.length === 0) return [];
  const kept = new Map<string, ConfLine[]>();
  for (const line of lines) {
    if (line.value === "") {
      const forgotten = isOfGroup(line.key) ? [...kept.keys()].filter(isOfGroup) : [line.key];
      for (const key of forgotten) kept.delete(key);
      continue;
    }
    const once = kinds.get(line.key) === "once";
    const before = kept.get(line.key) ?? [];
    const earlier = before.find(({ path }) => path === line.path);
    if (once && earlier !== undefined)
      fail(line, `${line.key}= is set twice, first in line ${earlier.line}`, "Keep one of them");
    kept.set(line.key, once ? [line] : [...before, line]);
  }
  return [...kept.values()].flat().map(withoutSection);
}

/** The line as it is passed to systemd. */
export const withoutSection = ({ key, value, path, line }: ConfLine): PassThroughLine => ({ key, value, path, line });
