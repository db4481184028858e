import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { takeLock } from "../../../../helpers/host/files/lock.ts";
import { runQuick } from "../../../../helpers/host/process/run-quick.ts";

test("a lock is held until it is released, and no program that runs meanwhile has it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lock-"));
  try {
    const path = join(folder, "lock");
    const first = await takeLock(path, 0);
    assert.equal(first.isTaken, true);
    assert.equal((await takeLock(path, 0)).isTaken, false);
    const { output } = await runQuick("sh", ["-c", "ls -l /proc/self/fd"]);
    assert.doesNotMatch(output, /lock/);
    first.release();
    const second = await takeLock(path, 0);
    assert.equal(second.isTaken, true);
    second.release();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
