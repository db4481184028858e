import assert from "node:assert/strict";
import test from "node:test";
import { newState } from "../../../../helpers/sandbox/populate/populate-sandbox.ts";

test("two new states share no identity", () => {
  const [a, b] = [newState(), newState()];
  assert.notEqual(a.uuid, b.uuid);
  assert.notEqual(a.machineId, b.machineId);
  assert.match(a.machineId, /^[0-9a-f]{32}$/);
});
