import assert from "node:assert/strict";
import { test } from "node:test";
import { describeResult } from "../../../../helpers/host/systemd/unit-properties.ts";

test("a unit that was killed for want of memory or threads says so, and any other result is systemd's word", () => {
  assert.match(describeResult({ Result: "oom-kill" }), /memory .*MemoryMax=/);
  assert.match(describeResult({ Result: "signal", ExecMainStatus: 9 }), /memory .*MemoryMax=.*journalctl -k/);
  for (const result of ["signal", "core-dump"])
    assert.match(describeResult({ Result: result, ExecMainStatus: 6 }), /TasksMax=.*MemoryMax=/);
  assert.equal(describeResult({ Result: "signal", ExecMainStatus: 11 }), "systemd says signal");
  assert.match(describeResult({ Result: "timeout" }), /TimeoutStartSec=/);
  assert.match(describeResult({ Result: "resources" }), /TasksMax=/);
  assert.equal(describeResult({ LoadState: "masked" }), "systemd says masked");
});
