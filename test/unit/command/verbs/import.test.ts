import assert from "node:assert/strict";
import { test } from "node:test";
import { findHostPrograms } from "../../../../helpers/command/verbs/import.ts";

test("A1: lines of [Service] that have the host run something are found, wherever they are", () => {
  const texts = new Map([
    ["a.conf", "[Sandbox]\nExec=/bin/true\n[Service]\nExecStartPre=-/bin/a b\nRestart=no\n"],
    ["b.conf", "[Service]\nExecReload=/bin/c \\\n  d\nExecCondition=e\n[Unit]\nAfter=x.service\n"],
  ]);
  assert.deepEqual(
    findHostPrograms(texts).map((line) => line.replace(/=.*/s, "=")),
    [...["a.conf:4: ExecStartPre=", "b.conf:2: ExecReload=", "b.conf:4: ExecCondition="]],
  );
});
