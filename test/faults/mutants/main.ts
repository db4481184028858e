import { appendFileSync, globSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { readIfThere } from "../../../base/files.ts";
import { drawByLot, sample } from "../draw-by-lot.ts";
import { isExplained, listStale } from "./explained.ts";
import { type Recall, type Tried, tryFile } from "./try-file.ts";

const usage = `test/faults/mutants [--only WORD] [--sample N] [--seed S] [--again]
  Changes one thing in the source at a time, and runs the tests that run this place. Some test has to fail.
  --only WORD  only files in whose path this is, such as conf/nearest
  --sample N   only N changes of each file, drawn at random
  --seed S     the seed of that (the time)
  --again      forgets what is done; otherwise the same command continues where an earlier one stopped
It prints each change that no test notices, unless test/faults/mutants/explained/ says why none can, and writes
build/faults/mutants.jsonl.`;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    sample: { type: "string" },
    seed: { type: "string", default: String(Date.now()) },
    again: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const results = "build/faults/mutants.jsonl";
const sources = [
  "base/{errors,sandbox-name,text}.ts",
  "conf/**/*.ts",
  "helpers/sandbox/{archive,manifest,tree}/*.ts",
  "helpers/sandbox/upgrade/{decide,merge-accounts,plan-upgrade}.ts",
];
const tests = ["test/unit/**/*.test.ts", "test/faults/properties/**/*.test.ts"];

async function main(): Promise<number> {
  mkdirSync(dirname(results), { recursive: true });
  if (values.again) rmSync(results, { force: true });
  if (values.sample !== undefined) process.stdout.write(`seed ${values.seed}\n`);
  const known = new Map(readResults().map((tried) => [keyOf(tried), tried]));
  const recall: Recall = (mutant) => {
    const tried = known.get(keyOf(mutant));
    return tried !== undefined && (!isLeft(tried) || tried.tests === mutant.tests) ? tried : undefined;
  };
  const keep = (tried: Tried): void => {
    appendFileSync(results, `${JSON.stringify(tried)}\n`);
  };
  const allTests = globSync(tests).sort();
  const counts = new Map<string, number>();
  const left: Tried[] = [];
  for (const file of globSync(sources).sort()) {
    if (!file.includes(values.only)) continue;
    for (const tried of await tryFile(file, allTests, choose, recall, keep)) {
      const word = isLeft(tried) && isExplained(tried) ? "explained" : tried.outcome;
      counts.set(word, (counts.get(word) ?? 0) + 1);
      if (!isLeft(tried)) continue;
      left.push(tried);
      if (!isExplained(tried)) process.stdout.write(describe(tried));
    }
  }
  const stale = values.sample === undefined ? listStale(left, values.only) : [];
  for (const { file, line } of stale) process.stdout.write(`${file}: explained, but some test notices: ${line}\n`);
  process.stdout.write(`${[...counts].map(([word, count]) => `${count} ${word}`).join(", ")}\n`);
  return stale.length === 0 && left.every(isExplained) ? 0 : 1;
}

const isLeft = ({ outcome }: Tried): boolean => outcome === "survived" || outcome === "not run by any test";

const readResults = (): readonly Tried[] =>
  (readIfThere(results) ?? "")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Tried);

const keyOf = ({ file, place, was, now, source }: Omit<Tried, "outcome">): string =>
  JSON.stringify([file, place, was, now, source]);

const describe = ({ file, place, line, was, now, outcome }: Tried): string =>
  `${file}:${place}: ${outcome}: ${was} → ${now || "nothing"}\n  ${line}\n`;

const choose = <T>(all: readonly T[]): readonly T[] =>
  values.sample === undefined ? all : sample(all, Number(values.sample), drawByLot(Number(values.seed)));

if (values.help) process.stdout.write(`${usage}\n`);
else {
  process.chdir(join(import.meta.dirname, "../../.."));
  process.exitCode = await main();
}
