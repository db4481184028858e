import assert from "node:assert/strict";
import { test } from "node:test";
import { findLongestTimeout } from "../../../../helpers/run/prepare/unit-timeout.ts";

test("a start may take as long as the slowest unit, and at most an hour", () => {
  const seconds = (limit: bigint) => ({ TimeoutStartUSec: limit * 1_000_000n });
  assert.equal(findLongestTimeout([seconds(90n), seconds(900n), {}]), 900);
  assert.equal(findLongestTimeout([{ TimeoutStartUSec: 2n ** 64n - 1n }]), 3600);
  assert.equal(findLongestTimeout([]), 0);
});
