import assert from "node:assert/strict";
import { test } from "node:test";
import { findTwo } from "../../cluster.d/look.ts";

test("instances one after the other are fine", () => {
  assert.deepEqual(findTwo(""), []);
  assert.deepEqual(findTwo("a\na\nb\nc\nc\n"), []);
});

test("an instance that writes again after another ran beside it", () => {
  assert.deepEqual(findTwo("a\nb\na\nb\n"), ["two ran at once: b and a"]);
});
