import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planQuestion } from "../../../../helpers/command/verbs/delete.ts";

const states = (all: Readonly<Record<string, string>>): Parameters<typeof planQuestion>[0] =>
  new Map(Object.entries(all).map(([name, state]) => [parseSandboxName(name), state]));

test("the question names every sandbox", () => {
  assert.equal(planQuestion(states({ shop: "inactive" }), true), "Delete sandbox shop with all its data? [y/N] ");
  assert.equal(
    planQuestion(states({ shop: "failed", clock: "inactive" }), true),
    "Delete sandboxes shop, clock with all their data? [y/N] ",
  );
});

test("a sandbox that runs, starts or stops is named, whether somebody can be asked or not", () => {
  for (const state of ["active", "activating", "deactivating", "reloading"])
    for (const isTerminal of [true, false])
      assert.throws(() => planQuestion(states({ shop: "inactive", clock: state }), isTerminal), {
        message: `sandbox clock is ${state}`,
      });
});

test("without a terminal nobody is asked, and the message says how to do without", () => {
  assert.throws(() => planQuestion(states({ shop: "inactive", clock: "inactive" }), false), {
    status: 2,
    hint: "To delete without being asked: sandboxcontainer delete --force shop clock",
  });
});
