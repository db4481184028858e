import assert from "node:assert/strict";
import { test } from "node:test";
import { findPatience } from "../../../../helpers/run/prepare/unit-patience.ts";

test("a start may take as long as the slowest unit, and at most an hour", () => {
  const seconds = (limit: bigint) => ({ TimeoutStartUSec: limit * 1_000_000n });
  assert.equal(findPatience([seconds(90n), seconds(900n), {}]), 900);
  assert.equal(findPatience([{ TimeoutStartUSec: 2n ** 64n - 1n }]), 3600);
  assert.equal(findPatience([]), 0);
});
