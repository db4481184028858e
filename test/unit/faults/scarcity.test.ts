import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeLack } from "../../faults/scarcity/judge.ts";

const after = "/etc/sandboxcontainer/new.conf f 644 0";
const observed = (status: number, stderr: string, other = "== other\nruns on\n"): string =>
  `${other}== status\n${status}\n== stderr\n${stderr}\n== hits\n\n== digest\nsame\n== state\n${status === 0 ? after : ""}\n` +
  `${status === 0 ? "" : "== again\n0\n== again-stderr\n\n"}== end\n${after}\n`;
const full = { says: /Free some space/ };

test("a verb that says what is missing, and then succeeds, is right, and so is one that does without", () => {
  assert.deepEqual(judgeLack(full, true, observed(1, "no space is left. Free some space"), after), []);
  assert.deepEqual(judgeLack(full, false, observed(0, ""), after), []);
});

test("another message, a success that cannot be, a failure that need not be, and another's end are wrong", () => {
  const wrong = (...words: [boolean, string]): string => judgeLack(full, ...words, after).join();
  assert.match(wrong(true, observed(1, "it failed")), /does not say Free some space/);
  assert.match(wrong(true, observed(0, "")), /does without/);
  assert.match(wrong(false, observed(1, "Free some space")), /fails with status 1/);
  assert.match(wrong(false, observed(0, "", "")), /another sandbox has ended/);
});
