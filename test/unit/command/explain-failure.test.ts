import assert from "node:assert/strict";
import { test } from "node:test";
import { isRefused } from "../../../helpers/command/explain-failure.ts";

const failed = { ActiveState: "failed", Result: "exit-code", InactiveExitTimestamp: 1_000_000 };

test("a unit that failed before the command began was not started again", () => {
  assert.ok(isRefused(failed, 2000, 3000));
  assert.ok(!isRefused(failed, 500, 3000));
  assert.ok(isRefused({ ...failed, Result: "start-limit-hit" }, 500, 3000));
});

test("if the clock was set back meanwhile, the start counts", () => {
  assert.ok(!isRefused(failed, 5000, 1500));
});
