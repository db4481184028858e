import assert from "node:assert/strict";
import { test } from "node:test";
import { oneOf } from "../../../../conf/values/kinds.ts";

test("one of some words is that word, and no other", () => {
  const { parse, takes } = oneOf("kernel", "proxy");
  assert.deepEqual(["kernel", "proxy"].map(parse), ["kernel", "proxy"]);
  for (const text of ["", "Kernel", "nft", "yes"])
    assert.throws(() => parse(text), { name: "ValueError", message: "expected kernel or proxy" }, text);
  assert.equal(takes, "kernel|proxy");
});
