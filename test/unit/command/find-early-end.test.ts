import assert from "node:assert/strict";
import { test } from "node:test";
import { findEarlyEnd } from "../../../helpers/command/find-causes.ts";
import type { UnitState } from "../../../helpers/host/systemd/systemd.ts";

const at = (active: string, more: Partial<UnitState> = {}): UnitState => ({
  ...{ active, sub: "x", since: null, isOutdated: false, result: "success", restarts: 0 },
  ...more,
});

/** Looks at a unit that goes through these states, one at each look. Undefined: systemd has forgotten it. */
async function look(...states: readonly (UnitState | undefined)[]) {
  const left = [...states];
  let slept = 0;
  const systemd = {
    readStates: () => {
      const state = left.length > 1 ? left.shift() : left[0];
      return Promise.resolve(new Map(state === undefined ? [] : [["u", state]]));
    },
  };
  const sleep = (milliseconds: number): Promise<void> => {
    slept += milliseconds;
    return Promise.resolve();
  };
  const end = await findEarlyEnd(systemd, "u", { sleep });
  return { end, slept };
}

test("what stays up for a moment has not ended", async () => {
  assert.deepEqual(await look(at("active")), { end: undefined, slept: 1000 });
  assert.equal((await look(at("reloading"))).end, undefined);
});

test("what fails or ends in that moment is noticed at once, also while it stops or waits for its next start", async () => {
  assert.deepEqual(await look(at("active"), at("failed")), { end: "failed", slept: 25 });
  assert.equal((await look(at("active"), at("deactivating"), at("failed"))).end, "failed");
  assert.equal((await look(at("activating", { sub: "auto-restart" }))).end, "failed");
  assert.equal((await look(at("inactive", { result: "exit-code" }))).end, "failed");
  assert.deepEqual(await look(at("active"), at("inactive")), { end: "ended", slept: 25 });
  assert.equal((await look(undefined)).end, "ended");
});

test("a stop that takes long is not waited for without end", async () => {
  assert.deepEqual(await look(at("deactivating")), { end: undefined, slept: 10_000 });
});
