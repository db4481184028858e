import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { finishBoth, waitUntil } from "../../../base/wait.ts";

/** Makes a clock that moves only during a sleep. */
function makeClock(): { now: number; sleep: (milliseconds: number) => Promise<void>; pauses: number[] } {
  const clock = {
    now: 0,
    pauses: [] as number[],
    sleep: (milliseconds: number): Promise<void> => {
      clock.now += milliseconds;
      clock.pauses.push(milliseconds);
      return Promise.resolve();
    },
  };
  return clock;
}

test("what is true already is not waited for", async () => {
  const clock = makeClock();
  assert.equal(await waitUntil(() => true, clock), true);
  assert.equal(clock.now, 0);
});

test("looks less often the longer it takes", async () => {
  const clock = makeClock();
  assert.equal(await waitUntil(() => clock.now >= 2000, clock), true);
  assert.deepEqual([clock.pauses[0], clock.pauses.at(-1)], [2, 200]);
  assert.ok(clock.pauses.length < 40, String(clock.pauses.length));
});

test("gives up in time, after a last look", async () => {
  const clock = makeClock();
  let looks = 0;
  const look = (): boolean => {
    looks++;
    return false;
  };
  assert.equal(await waitUntil(look, { ...clock, within: 1000 }), false);
  assert.ok(clock.now >= 1000 && clock.now < 1300, String(clock.now));
  assert.equal(looks, clock.pauses.length + 1);
});

test("of two tasks a failure is told when the other is done, too", async () => {
  assert.equal(await finishBoth(Promise.resolve(1), Promise.resolve(2)), 1);
  const done: string[] = [];
  const late = async (): Promise<void> => {
    await setTimeout(5);
    done.push("late");
  };
  await assert.rejects(finishBoth(Promise.reject(new Error("one")), late()), /^Error: one$/);
  assert.deepEqual(done, ["late"]);
  await assert.rejects(finishBoth(late(), Promise.reject(new Error("other"))), /^Error: other$/);
  assert.deepEqual(done, ["late", "late"]);
  await assert.rejects(finishBoth(Promise.reject(new Error("one")), Promise.reject(new Error("other"))), /one/);
});
