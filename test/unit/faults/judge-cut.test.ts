import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeCut } from "../../faults/cuts/judge-cut.ts";

const whole = "/etc/sandboxcontainer/new.conf f 644 0";
const left = (status: number, state: string, starts = ""): string =>
  `== status\n${status}\n== state\n${state}\n${status === 0 ? "" : "== again\n0\n== again-stderr\n\n"}== end\n${status === 0 ? state : whole}\n== starts\n${starts}\n`;

test("a verb may be begun again after a power cut, unless it had said that it was done", () => {
  assert.deepEqual(judgeCut(left(137, ""), whole), []);
  assert.deepEqual(judgeCut(left(0, whole), whole), []);
  assert.match(judgeCut(left(0, ""), whole).join(), /^it says that all is done/);
});

test("a sandbox that does not start is wrong, and so is a look that ended early", () => {
  assert.deepEqual(judgeCut(left(0, whole, "new does not run"), whole), ["a sandbox does not start: new does not run"]);
  assert.match(judgeCut("== status\n0\n", whole).join(), /nothing was looked at/);
});
