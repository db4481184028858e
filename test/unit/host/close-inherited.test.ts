import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const program = join(import.meta.dirname, "close-inherited.program.ts");

test("a child gets none of the files that our caller left open, however high their numbers are", () => {
  const caller = 'exec 5</etc/passwd 20</etc/passwd 250</etc/passwd; exec "$@"';
  const words = ["-c", caller, "bash", process.execPath, program];
  const { stdout, stderr } = spawnSync("bash", words, { encoding: "utf8" });
  assert.equal(stderr, "");
  // Bun also opens the folder of its program.
  assert.doesNotMatch(stdout, /passwd/);
  assert.match(stdout, / 0 -> /);
});
