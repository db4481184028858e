import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setLimit } from "../../../../helpers/host/process/processes.ts";

test("a limit of another process is set, and a process that is gone is an error", (context) => {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  context.after(() => child.kill());
  const { pid } = child;
  assert.ok(pid !== undefined);
  setLimit("nofile", { soft: 20, hard: 30 }, pid);
  setLimit("core", { soft: 0, hard: 0 }, pid);
  const limits = readFileSync(`/proc/${pid}/limits`, "utf8");
  assert.match(limits, /^Max open files +20 +30 /m);
  assert.match(limits, /^Max core file size +0 +0 /m);
  assert.throws(
    () => {
      setLimit("nofile", { soft: 1, hard: 1 }, 2 ** 22 + 1);
    },
    { name: "SandboxError", message: /^prlimit: nofile of process \d+: No such process$/ },
  );
});
