import { judge, readObserved, readSections } from "../calls/judge.ts";

/**
 * Says what is wrong with what was left of a verb, in the sections that `look again` prints. `after` is what is there when
 * the verb does all.
 */
export function judgeCut(text: string, after: string): readonly string[] {
  const starts = readSections(text).get("starts") ?? "nothing was looked at";
  return [...judge(readObserved(text), after), ...(starts === "" ? [] : [`a sandbox does not start: ${starts}`])];
}
