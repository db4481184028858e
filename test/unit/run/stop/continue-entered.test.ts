import assert from "node:assert/strict";
import { test } from "node:test";
import { isStoppedOutside } from "../../../../helpers/run/stop/continue-entered.ts";

const render = (state: string, pids: string): string =>
  `Name:\tT (stopped)\nState:\t${state}\nNSpid:\t${pids}\nNSpgid:\t1\n`;

test("only what is stopped and in our own pid namespace goes on", () => {
  assert.ok(isStoppedOutside(render("T (stopped)", "4711")));
  assert.ok(!isStoppedOutside(render("T (stopped)", "4711\t12")));
  assert.ok(!isStoppedOutside(render("S (sleeping)", "4711")));
  assert.ok(!isStoppedOutside(render("t (tracing stop)", "4711")));
});
