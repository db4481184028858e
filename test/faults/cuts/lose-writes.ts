import type { Bed } from "../../bed-tests/bed.ts";
import { readSections } from "../calls/judge.ts";
import { sample } from "../draw-by-lot.ts";
import { judgeCut } from "./judge-cut.ts";
import type { Moment } from "./log-writes.ts";
import type { Tried, VerbToCut } from "./verbs.ts";

const logged = "/root/cuts/logged";

/** Looks at what a verb leaves on a disk that loses what was not flushed: at its end, and at other moments. */
export async function* loseWrites(
  bed: Bed,
  { command, before }: VerbToCut,
  names: readonly string[],
  draw: (limit: number) => number,
): AsyncGenerator<Tried> {
  const recorded = readSections(await bed.run(logged, "record", before, ...command));
  const moments = JSON.parse(recorded.get("moments") ?? "[]") as readonly Moment[];
  const after = recorded.get("after") ?? "";
  const flushes = moments.filter(({ isEnd }) => !isEnd);
  const chosen = [...sample(flushes, names.length - 1, draw), ...moments.filter(({ isEnd }) => isEnd)];
  let reached = 0;
  for (const [index, moment] of chosen.sort((one, other) => one.entries - other.entries).entries()) {
    const { entries, isEnd } = moment;
    const range = [String(reached), String(entries)];
    const text = await bed.run(logged, "try", ...range, isEnd ? "0" : "137", ...command);
    reached = entries;
    const when = isEnd ? "after its end" : `flush ${flushes.indexOf(moment) + 1} of ${flushes.length}`;
    yield { fault: names[index] ?? when, when, complaints: judgeCut(text, after) };
  }
  await bed.run(logged, "end");
}
