import assert from "node:assert/strict";
import { test } from "node:test";
import { identityWords } from "../../../helpers/command/enter-sandbox.ts";

test("an identity is words for enter, with a place for everything", () => {
  assert.deepEqual(identityWords({}, {}), ["-", "-", "--"]);
  assert.deepEqual(identityWords({ user: "www-data:mail", workdir: "/srv", env: ["A=b=c", "B="] }, {}), [
    "www-data:mail",
    "/srv",
    "A=b=c",
    "B=",
    "--",
  ]);
  assert.deepEqual(identityWords({ workdir: "-" }, {}), ["-", "./-", "--"]);
});

test("a variable without a value has the one from here, or is not passed on", () => {
  assert.deepEqual(identityWords({ env: ["HERE", "NOWHERE"] }, { HERE: "x y" }), ["-", "-", "HERE=x y", "--"]);
});

test("what cannot be a user or a variable is refused before anything runs", () => {
  for (const user of ["", "-", "--help", ":", "a:", ":b", "a b", "a:b:c", "a\nb"])
    assert.throws(() => identityWords({ user }, {}), /is not a valid user/, user);
  for (const env of ["", "=x", "1A=x", "A B=x", "--", "-x=1"])
    assert.throws(() => identityWords({ env: [env] }, {}), /is not a variable/, env);
  assert.throws(() => identityWords({ workdir: "" }, {}), /--workdir is empty/);
});
