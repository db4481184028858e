import assert from "node:assert/strict";
import { test } from "node:test";
import { hasCapability, parseCapabilities } from "../../../../helpers/host/process/processes.ts";

const status = "Name:\tCapBnd:\nCapEff:\t0000000000000000\nCapBnd:\t000001ffffffffff\n";

test("a set of capabilities is read as a number", () => {
  assert.equal(parseCapabilities(status, "CapEff"), 0n);
  assert.equal(parseCapabilities(status, "CapBnd"), 0x1ffffffffffn);
});

test("a set without a line is empty", () => {
  assert.equal(parseCapabilities("Name:\tinit\n", "CapBnd"), 0n);
});

test("a capability beyond the 32nd is found in a set", () => {
  assert.ok(hasCapability(1n << 40n, 40));
  assert.ok(!hasCapability(1n << 40n, 8));
});
