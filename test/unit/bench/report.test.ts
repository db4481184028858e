import assert from "node:assert/strict";
import test from "node:test";
import { judge } from "../../bench.d/goals.ts";
import { formatRow } from "../../bench.d/report.ts";
import type { Row } from "../../bench.d/results.ts";

const row = (name: string, measure: string, values: Readonly<Record<string, readonly number[]>>): Row => ({
  name,
  title: "A title",
  measures: [
    { name: measure, unit: "ms", series: Object.entries(values).map(([party, of]) => ({ party, values: of })) },
  ],
  absent: { LXC: "it is not there" },
});

test("a goal is judged by medians, to the other party", () => {
  const verdicts = (ours: readonly number[]): readonly string[] =>
    judge(row("start", "start", { "sandbox of Exec=": ours, Quadlet: [90, 100, 500] })).map(({ verdict }) => verdict);
  assert.deepEqual(verdicts([70, 79, 300]), ["aim met"]);
  assert.deepEqual(verdicts([99]), ["met"]);
  assert.deepEqual(verdicts([101]), ["missed"]);
  assert.deepEqual(judge(row("start", "restart", { "sandbox of Exec=": [1], Quadlet: [1] })), []);
});

test("a goal may allow so much on top", () => {
  const [verdict] = judge(row("web", "answer", { "sandbox of Unit=": [250], "host's unit": [100] }));
  assert.equal(verdict?.is, 1.5);
  assert.equal(verdict.verdict, "met");
});

test("a row is a table, its goals, and who took no part", () => {
  assert.equal(
    formatRow(row("generator", "1: time", { sandboxcontainer: [30, 10, 20, 40], Quadlet: [1.234] })),
    `A title (generator)

MEASURE  PARTY             MEDIAN   MIDDLE HALF  ROUNDS
1: time  sandboxcontainer  25.0 ms  17.5–32.5    4
1: time  Quadlet           1.23 ms  1.23–1.23    1
  missed: 1: time, sandboxcontainer: 25.0 ms (at most 15 ms)
  LXC took no part: it is not there

`,
  );
});
