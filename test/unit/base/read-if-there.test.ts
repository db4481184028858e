import assert from "node:assert/strict";
import { test } from "node:test";
import { readIfPossible, readIfThere } from "../../../base/files.ts";

test("a file that is not there is no error, and one that cannot be read now is", () => {
  for (const read of [readIfThere, readIfPossible]) {
    assert.equal(read("/proc/self/nothing"), undefined);
    // proc_pid_mem(5): there is no memory at 0.
    assert.throws(() => read("/proc/self/mem"), /EIO/);
  }
});

test("a file that is not for us is an error only for whoever must have it", () => {
  assert.equal(readIfPossible("/proc/self"), undefined);
  assert.throws(() => readIfThere("/proc/self"), /EISDIR/);
});
