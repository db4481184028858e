import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { once } from "../../../base/once.ts";
import { limitAtOnce } from "../../../base/wait.ts";
import { listMutants, type Mutant } from "./mutate.ts";
import { type Cover, type Loaded, measureCover, runTests, whoLoads } from "./tests.ts";
import { openTypes } from "./types.ts";

/** What became of a mutant. */
export interface Tried {
  readonly file: string;
  /** The line and the column, from 1. */
  readonly place: string;
  readonly line: string;
  readonly was: string;
  readonly now: string;
  readonly outcome: "killed" | "endless" | "refused by types" | "survived" | "not run by any test";
  /** Digests of the file, and of the tests that load it. */
  readonly source: string;
  readonly tests: string;
}

/** Finds what is already known of a mutant. */
export type Recall = (mutant: Omit<Tried, "outcome">) => Tried | undefined;

const limit = limitAtOnce(availableParallelism());
// Of its own, because a mutant waits for it.
const limitMeasuring = limitAtOnce(availableParallelism());
const coverOf = once((test) => limitMeasuring(() => measureCover(test)));
const openTypesOnce = once(openTypes);

/** Tries mutants of a file. `choose` says which. */
export async function tryFile(
  file: string,
  allTests: readonly string[],
  choose: (all: readonly Mutant[]) => readonly Mutant[],
  recall: Recall,
  keep: (tried: Tried) => void,
): Promise<readonly Tried[]> {
  const text = readFileSync(file, "utf8");
  const mutants = choose(listMutants(text));
  const loading = whoLoads(
    file,
    allTests.filter((test) => isNear(test, file)),
  );
  process.stderr.write(`${file}: ${mutants.length} changes, ${loading.length} files of tests load it\n`);
  // Properties take longest, so only what survives everything else is tried with them.
  const ordinary = await coversOf(loading.filter((test) => !isProperty(test)));
  const properties = once(() => coversOf(loading.filter(isProperty)));
  const folder = mkdtempSync(join(tmpdir(), "mutants-"));
  const tryMutant = async (mutant: Mutant, index: number): Promise<Tried> => {
    const described = describeMutant(file, text, mutant, loading);
    const known = recall(described);
    if (known !== undefined) return known;
    const changed = text.slice(0, mutant.start) + mutant.now + text.slice(mutant.end);
    const path = join(folder, `${index}.ts`);
    writeFileSync(path, changed);
    const runsIt = ({ covers }: Cover): boolean => covers(file, mutant.start);
    const outcome = await judge({ file, text: path }, changed, [
      () => Promise.resolve(ordinary.filter(runsIt)),
      async () => (await properties("")).filter(runsIt),
    ]);
    const tried = { ...described, outcome };
    keep(tried);
    return tried;
  };
  try {
    return await Promise.all(mutants.map((mutant, index) => limit(() => tryMutant(mutant, index))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const coversOf = async (tests: readonly string[]): Promise<readonly Cover[]> =>
  (await Promise.all(tests.map(coverOf))).filter((cover) => cover !== undefined);

async function judge(
  mutant: Loaded,
  changed: string,
  stages: readonly (() => Promise<readonly Cover[]>)[],
): Promise<Tried["outcome"]> {
  let isRun = false;
  for (const stage of stages) {
    const running = await stage();
    isRun ||= running.length > 0;
    for (const group of groupTests(mutant.file, running)) {
      const tests = group.map(({ test }) => test);
      // What only takes long is not endless.
      const seconds = group.reduce((sum, each) => sum + each.seconds, 1);
      const { outcome } = await runTests(tests, Math.ceil(3 * seconds), mutant);
      if (outcome !== "passed") return outcome === "failed" ? "killed" : "endless";
    }
  }
  if (openTypesOnce("tsconfig.json")(mutant.file, changed)) return "refused by types";
  return isRun ? "survived" : "not run by any test";
}

/** What runs in one process. A file's own tests come first: they are most likely to notice. Then what takes least. */
function groupTests(file: string, running: readonly Cover[]): readonly (readonly Cover[])[] {
  const sorted = running.toSorted((one, other) => one.seconds - other.seconds);
  const groups = Map.groupBy(sorted, (cover) => {
    if (isOwn(cover, file)) return "a";
    // Hooks of a file would be hooks of all in this process.
    if (/^(before|after)(Each)?\(/m.test(readFileSync(cover.test, "utf8"))) return `c ${cover.test}`;
    return "b";
  });
  return [...groups].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
}

const isOwn = ({ test }: Cover, file: string): boolean => basename(test, ".test.ts") === basename(file, ".ts");
const isProperty = (test: string): boolean => test.startsWith("test/faults/properties/");

function describeMutant(
  file: string,
  text: string,
  { start, end, now }: Mutant,
  tests: readonly string[],
): Omit<Tried, "outcome"> {
  const before = text.slice(0, start).split("\n");
  const line = text.split("\n")[before.length - 1] ?? "";
  return {
    file,
    place: `${before.length}:${(before.at(-1) ?? "").length + 1}`,
    line: line.trim(),
    was: text.slice(start, end),
    now,
    source: digest(text),
    tests: digest(...tests.map((test) => readFileSync(test, "utf8"))),
  };
}

const digest = (...texts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 12);

// What a room does is noticed in its own tests, or by a property.
const isNear = (test: string, file: string): boolean =>
  isProperty(test) || test.startsWith(`test/unit/${file.startsWith("generator/") ? "generator" : file.split("/")[1]}/`);
