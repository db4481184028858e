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
    judge(row("start", "stop", { "sandbox of Exec=": ours, Quadlet: [90, 100, 500] })).map(({ verdict }) => verdict);
  assert.deepEqual(verdicts([30, 49, 300]), ["met"]);
  assert.deepEqual(verdicts([51]), ["missed"]);
  assert.deepEqual(judge(row("start", "restart", { "sandbox of Exec=": [1], Quadlet: [1] })), []);
});

test("a goal may have an aim beyond it", () => {
  const [verdict] = judge(row("filter", "run", { "behind the filter": [14], alone: [10] }));
  assert.equal(verdict?.verdict, "aim met");
});

test("a goal may be the least", () => {
  const verdicts = (ours: number): readonly string[] =>
    judge(row("port", "20 clients, kept connections", { "published port": [ours], "local service": [100] })).map(
      ({ verdict }) => verdict,
    );
  assert.deepEqual(verdicts(96), ["met"]);
  assert.deepEqual(verdicts(94), ["missed"]);
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
