import assert from "node:assert/strict";
import { readFileSync, realpathSync } from "node:fs";
import { test } from "node:test";
import { findRefusedCall } from "../../../helpers/command/find-refused-call.ts";

test("what a program may be refused is found in its symbols", () => {
  const call = findRefusedCall(Buffer.from("\x7fELF\0chroot\0setpriority\0err\0"));
  assert.deepEqual(call, { call: "setpriority", purpose: "to raise its priority" });
  assert.equal(findRefusedCall(Buffer.from("\x7fELF\0getpriority\0my setpriority\0")), undefined);
});

test("a real program has them, or has not", () => {
  const find = (program: string) => findRefusedCall(readFileSync(realpathSync(program)))?.call;
  assert.equal(find("/usr/bin/renice"), "setpriority");
  assert.equal(find("/usr/bin/true"), undefined);
});
