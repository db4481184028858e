import assert from "node:assert/strict";
import { test } from "node:test";
import { describeResult } from "../../../helpers/host/describe-result.ts";

test("a unit that was killed for want of memory says so, and any other result is systemd's word", () => {
  assert.match(describeResult({ Result: "oom-kill" }), /memory .*MemoryMax=/);
  assert.match(describeResult({ Result: "signal", ExecMainStatus: 9 }), /memory .*MemoryMax=.*journalctl -k/);
  assert.equal(describeResult({ Result: "signal", ExecMainStatus: 11 }), "systemd says signal");
  assert.match(describeResult({ Result: "timeout" }), /TimeoutStartSec=/);
  assert.match(describeResult({ Result: "resources" }), /TasksMax=/);
  assert.equal(describeResult({ LoadState: "masked" }), "systemd says masked");
});
