import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const source = join(import.meta.dirname, "../../../helpers/host/close-inherited.ts");

// Lists the open files of a child.
const program = `const { closeInherited } = await import(${JSON.stringify(source)});
closeInherited();
const { spawnSync } = await import("node:child_process");
spawnSync("ls", ["-l", "/proc/self/fd"], { stdio: "inherit" });`;

test("a child gets none of the files that our caller left open, however high their numbers are", () => {
  const caller = 'exec 5</etc/passwd 20</etc/passwd 250</etc/passwd; exec "$@"';
  const words = ["-c", caller, "bash", process.execPath, "--input-type=module", "-e", program];
  const { stdout, stderr } = spawnSync("bash", words, { encoding: "utf8" });
  assert.equal(stderr, "");
  assert.match(stdout, / 0 -> /);
  assert.doesNotMatch(stdout, /passwd/);
});
