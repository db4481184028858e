import assert from "node:assert/strict";
import { test } from "node:test";
import { describeTimer } from "../../../../helpers/host/systemd/timer-state.ts";

const never = 2 ** 64;
// Booted 100 s ago.
const now = () => ({ realtime: 1_000_000e6, monotonic: 100e6 });
const nextOf = (realtime: number, monotonic: number, sub = "waiting") =>
  describeTimer("active", sub, 0, { realtime, monotonic }, now).next;

test("the next time is the first of those by the calendar and those since the boot", () => {
  assert.equal(nextOf(1_000_050e6, never), 1_000_050);
  assert.equal(nextOf(never, 130e6), 1_000_030);
  assert.equal(nextOf(1_000_050e6, 130e6), 1_000_030);
  assert.equal(nextOf(1_000_020e6, 130e6), 1_000_020);
});

test("without a next time, or while its unit runs, it does not know one", () => {
  assert.equal(nextOf(never, never), null);
  assert.equal(nextOf(0, 0), null);
  assert.equal(nextOf(1_000_050e6, never, "running"), null);
});

test("a timer that never started its unit has no last time", () => {
  const lastOf = (last: number) =>
    describeTimer("active", "waiting", last, { realtime: never, monotonic: never }, now).last;
  assert.deepEqual([lastOf(0), lastOf(999_000e6)], [null, 999_000]);
});
