import assert from "node:assert/strict";
import { test } from "node:test";
import { readIdentity } from "../../../helpers/command/enter-sandbox.ts";

test("an identity has a place for everything", () => {
  assert.deepEqual(readIdentity({}, {}), { user: "-", folder: "-", variables: [] });
  assert.deepEqual(readIdentity({ user: "www-data:mail", workdir: "/srv", env: ["A=b=c", "B="] }, {}), {
    user: "www-data:mail",
    folder: "/srv",
    variables: ["A=b=c", "B="],
  });
  assert.equal(readIdentity({ workdir: "-" }, {}).folder, "./-");
});

test("a variable without a value has the one from here, or is not passed on", () => {
  assert.deepEqual(readIdentity({ env: ["HERE", "NOWHERE"] }, { HERE: "x y" }).variables, ["HERE=x y"]);
});

test("what cannot be a user or a variable is refused before anything runs", () => {
  for (const user of ["", "-", "--help", ":", "a:", ":b", "a b", "a:b:c", "a\nb"])
    assert.throws(() => readIdentity({ user }, {}), /is not a valid user/, user);
  for (const env of ["", "=x", "1A=x", "A B=x", "--", "-x=1"])
    assert.throws(() => readIdentity({ env: [env] }, {}), /is not a variable/, env);
  assert.throws(() => readIdentity({ workdir: "" }, {}), /--workdir is empty/);
});
