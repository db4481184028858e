import assert from "node:assert/strict";
import { test } from "node:test";
import { exposeToMemoryKiller } from "../../../helpers/host/memory-killer.ts";

/** Fakes a kernel that refuses scores below a minimum to whoever lacks the right, and records what was written. */
function fakeKernel(hasRight: boolean, minimum: number) {
  const written: number[] = [];
  const write = (_pid: number, score: number): void => {
    if (!hasRight && score < minimum) throw new Error("EACCES");
    written.push(score);
  };
  return { written, host: { hasRight: () => hasRight, write } };
}

// F8
test("with the right to do so, one write takes a protection away", () => {
  const { written, host } = fakeKernel(true, -1000);
  assert.ok(exposeToMemoryKiller(1, 100, host));
  assert.deepEqual(written, [100]);
});

// F8
test("without that right, an inherited protection is found, and its absence too", () => {
  assert.equal(exposeToMemoryKiller(1, 100, fakeKernel(false, -500).host), false);
  assert.equal(exposeToMemoryKiller(1, 100, fakeKernel(false, 0).host), true);
});
