import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { type Found, finishReading } from "../../../../helpers/command/metrics/read-sandbox.ts";
import { running } from "./scrape.ts";

const name = parseSandboxName("web1");
const state = { active: "active", restarts: 2 };
const answers: Parameters<typeof finishReading>[3] = {
  countDenied: ({ level, profile }) => ((level ?? profile) === null ? null : 5),
  findDue: () => ({ packages: 3, files: 1 }),
  areRulesLoaded: () => false,
  sizes: undefined,
};
const found: Found = {
  ...{
    confError: false,
    disk: { used: 10, size: 40 },
    snapshots: 1,
    newestSnapshot: 7,
    conflicts: 0,
    takesSnapshots: true,
  },
  ...{ running: running.running, level: "s0:c1,c2", profile: null },
};

test("what other programs answer is added to what files tell", () => {
  const reading = finishReading(name, state, found, answers);
  assert.deepEqual([reading.state, reading.restarts, reading.snapshots], ["active", 2, 1]);
  assert.deepEqual([reading.deniedToday, reading.outdatedPackages, reading.outdatedFiles], [5, 3, 1]);
  assert.equal(reading.running?.portsLost, true);
  assert.equal(finishReading(name, state, { ...found, running: null }, answers).running, null);
});

test("with sizes of roots, one in an image keeps the size of its file system", () => {
  const sizes = new Map([[name, 12]]);
  assert.deepEqual(finishReading(name, state, found, { ...answers, sizes }).disk, { used: 12, size: 40 });
  const unknown = new Map([[name, null]]);
  assert.deepEqual(finishReading(name, state, found, { ...answers, sizes: unknown }).disk, { used: 10, size: 40 });
});

test("a sandbox whose files cannot be read has its state, and nothing that is not known", () => {
  const reading = finishReading(name, state, undefined, answers);
  assert.deepEqual(
    [reading.state, reading.running, reading.confError, reading.snapshots, reading.deniedToday],
    ["active", null, null, null, null],
  );
});

test("a manifest that cannot be read is not known, but a mistake of ours is not hidden", () => {
  const failing = (error: Error) => ({
    ...answers,
    findDue: () => {
      throw error;
    },
  });
  const disk = Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
  assert.equal(finishReading(name, state, found, failing(disk)).outdatedPackages, null);
  assert.throws(() => finishReading(name, state, found, failing(new TypeError("mistake"))), /mistake/);
});
