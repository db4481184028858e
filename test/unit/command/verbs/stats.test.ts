import assert from "node:assert/strict";
import test from "node:test";
import type { SandboxName } from "../../../../base/sandbox-name.ts";
import { compare, withDisk } from "../../../../helpers/command/verbs/stats.ts";

const sample = (name: string, at: number, cpuSeconds: number | null) => ({
  ...{ name: name as SandboxName, at, cpuSeconds, memoryBytes: 1, memoryMax: null, tasks: 1, tasksMax: null },
  ...{ readBytes: 0, writtenBytes: 0 },
});
const percents = (before: Parameters<typeof compare>[0], now: Parameters<typeof compare>[1]) =>
  compare(before, now).map(({ cpuPercent }) => cpuPercent);

test("the share of a processor is what was spent between two samples", () => {
  assert.deepEqual(percents([sample("a", 0, 1)], [sample("a", 2000, 1.5)]), [25]);
});

test("a sandbox that just came, or started again, has no share yet", () => {
  assert.deepEqual(percents([sample("a", 0, 5)], [sample("a", 1000, 0.1), sample("b", 1000, 3)]), [null, null]);
});

test("with disk, also a stopped sandbox has a row", () => {
  const [running, stopped] = ["a", "b"] as SandboxName[];
  assert.ok(running !== undefined && stopped !== undefined);
  const { at, ...row } = { ...sample("a", 0, 1), cpuPercent: 5 };
  assert.equal(at, 0);
  const rows = withDisk([row], new Map([...([[running, 7]] as const), ...([[stopped, null]] as const)]));
  assert.deepEqual(
    rows.map(({ name, cpuPercent, diskBytes }) => [name, cpuPercent, diskBytes]),
    [
      ["a", 5, 7],
      ["b", null, null],
    ],
  );
});
