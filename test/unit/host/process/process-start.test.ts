import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  findProcess,
  isRunning,
  isSameProcess,
  ownStart,
  parseStart,
} from "../../../../helpers/host/process/processes.ts";

// A8
test("a process that calls itself a newline, a parenthesis and a zombie's state is found", async () => {
  const child = spawn("sh", ["-c", "printf 'a\\n) Z 1 (b' >/proc/$$/comm; echo named; read -r _"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    await once(child.stdout, "data");
    const pid = child.pid ?? 0;
    assert.match(readFileSync(`/proc/${pid}/stat`, "utf8"), /\n\) Z 1/);
    const found = findProcess(pid);
    assert.ok(found !== undefined && /^\d+$/.test(found.began));
    assert.ok(isRunning(found));
  } finally {
    child.stdin.end();
    await once(child, "close");
  }
});

// F1
test("a number that another process has by now is not the process that was written down", () => {
  const began = ownStart();
  assert.ok(isSameProcess(process.pid, began));
  assert.ok(!isSameProcess(process.pid, String(Number(began) - 1)));
  assert.equal(findProcess(4194304), undefined);
  assert.ok(!isRunning({ pid: 4194304, began }));
});

test("a process that has ended, and that nobody has waited for yet, is gone", () => {
  const fields = (state: string): string => `7 (sleep) ${state} 1 ${"0 ".repeat(17)}4711 0`;
  assert.equal(parseStart(fields("S")), "4711");
  assert.equal(parseStart(fields("Z")), undefined);
  assert.equal(parseStart(fields("X")), undefined);
  assert.equal(parseStart(""), undefined);
});
