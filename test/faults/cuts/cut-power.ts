import { setTimeout } from "node:timers/promises";
import type { Bed } from "../../bed-tests/bed.ts";
import { judgeCut } from "./judge-cut.ts";
import type { Tried, VerbToCut } from "./verbs.ts";

const power = "/root/cuts/power";
const look = "/root/cuts/look";

/** Cuts the power at some moment of a verb, or shortly after its end, and boots again: once for each name. */
export async function* cutPower(
  bed: Bed,
  { command, before }: VerbToCut,
  names: readonly string[],
  draw: (limit: number) => number,
): AsyncGenerator<Tried> {
  await bed.run(power, "save", before);
  const whole = await begin(bed, command);
  const status = await whole.ended;
  if (status !== 0) throw new Error(`${command.join(" ")}: status ${status}`);
  const takes = performance.now() - whole.began;
  const after = await bed.run(look);
  for (const fault of names) {
    const run = await begin(bed, command);
    const lines = watch(bed);
    const moment = Math.round((takes * draw(1200)) / 1000);
    await setTimeout(moment);
    await bed.cut();
    const ended = await run.ended;
    const kept = await lines;
    await bed.boot();
    const wrong = await bed.run(power, "witness", String(kept));
    // Before anything was printed the command was killed, as far as anybody knows.
    const text = await bed.run(look, "again", String(ended ?? 137), ...command);
    const complaints = [...judgeCut(text, after), ...(wrong === "" ? [] : [wrong])];
    yield { fault, when: `after ${moment} of ${Math.round(takes)} ms, ${kept} lines of the witness`, complaints };
  }
}

interface Run {
  /** When it began, in milliseconds. */
  readonly began: number;
  /** Its status; undefined if the power failed before. */
  readonly ended: Promise<number | undefined>;
}

/** Begins a command from its state, and resolves as soon as it runs. */
async function begin(bed: Bed, command: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    let status: number | undefined;
    const ended = bed.follow(
      (line) => {
        if (line === "begin") resolve({ began: performance.now(), ended: ended.then(() => status) });
        else status = Number(line.replace("end ", ""));
      },
      power,
      "begin",
      ...command,
    );
    ended.then(() => {
      reject(new Error(`${command.join(" ")} did not begin`));
    }, reject);
  });
}

/** How many lines of the witness are on the disk when the power fails. */
async function watch(bed: Bed): Promise<number> {
  let lines = 0;
  await bed.follow(
    (line) => {
      lines = Number(/^fsynced (\d+)$/.exec(line)?.[1] ?? lines);
    },
    power,
    "watch",
  );
  return lines;
}
