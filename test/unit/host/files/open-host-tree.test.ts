import assert from "node:assert/strict";
import { test } from "node:test";
import { openHostTree } from "../../../../helpers/host/files/host-tree.ts";

test("a file that even root may not read has no text, and is there", () => {
  const host = openHostTree("/proc/sys/vm");
  assert.equal(host.lookUp("/compact_memory")?.kind, "file");
  assert.equal(host.readText("/compact_memory"), undefined);
});

test("what is missing has no text and no kind", () => {
  const host = openHostTree("/proc/sys/vm");
  assert.equal(host.readText("/nothing"), undefined);
  assert.equal(host.lookUp("/nothing"), undefined);
  assert.deepEqual(host.list("/nothing"), []);
});
