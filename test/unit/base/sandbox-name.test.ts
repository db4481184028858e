import assert from "node:assert/strict";
import { test } from "node:test";
import { isSandboxName, parseSandboxName } from "../../../base/sandbox-name.ts";

test("names are made of letters, digits, dash, underscore and dot, and have at most 64 characters", () => {
  for (const name of ["web1", "a", "my-site_2.example", "7", "x".repeat(64)])
    assert.equal(parseSandboxName(name), name);
});

for (const wrong of [
  "",
  ".",
  "..",
  ".x",
  "-x",
  "_x",
  "a/b",
  "../etc",
  "a b",
  "a%i",
  "a@b",
  "ä",
  "a\n",
  "x".repeat(65),
  "defaults",
]) {
  test(`${JSON.stringify(wrong)} is refused, and the rule said`, () => {
    assert.equal(isSandboxName(wrong), false);
    assert.throws(() => parseSandboxName(wrong), {
      name: "SandboxError",
      status: 2,
      hint: /^A name consists of letters/,
    });
  });
}
