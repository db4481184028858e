import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

const folder = mkdtempSync(join(tmpdir(), "start-prepared-"));
after(() => {
  rmSync(folder, { recursive: true });
});
const source = join(import.meta.dirname, "../../../helpers/host/start-prepared.ts");
const noted = join(folder, "prepared");
// Notes the process that it prepares. Started by a test, because the command gets its standard input and outputs.
const program = `const { startPrepared } = await import(${JSON.stringify(source)});
const { writeFileSync } = await import("node:fs");
const [pipes, ...command] = JSON.parse(process.env.WORDS);
const prepare = (pid) => {
  if (command[0] === "unprepared") throw new Error("no");
  writeFileSync(${JSON.stringify(noted)}, String(pid));
};
const pipesFor = pipes === "pipes" ? process.getuid() : undefined;
try {
  const { status } = await startPrepared({ command, pipesFor, prepare });
  process.exitCode = await status;
} catch (error) {
  process.stderr.write(error.message);
  process.exitCode = 99;
}
process.exit();`;

/** Runs a command in a prepared process, with an input. */
function run(pipes: "pipes" | "ours", command: readonly string[], more: Readonly<Record<string, string>> = {}) {
  writeFileSync(noted, "");
  const env = { ...process.env, ...more, WORDS: JSON.stringify([pipes, ...command]) };
  const words = ["--input-type=module", "-e", program];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8", input: "input\n", env });
  return { status, stdout, stderr };
}

test("the command runs in the process that was prepared", () => {
  for (const pipes of ["pipes", "ours"] as const) {
    const { status, stdout, stderr } = run(pipes, ["sh", "-c", 'echo $$ "$1"; exit 3', "sh", "a  b"]);
    assert.deepEqual({ status, stderr }, { status: 3, stderr: "" });
    assert.equal(stdout, `${readFileSync(noted, "utf8")} a  b\n`);
  }
});

test("it opens its pipes by name, and has no other of our files open", () => {
  // Higher descriptors belong to whoever runs the tests (see close-inherited).
  const look = "for file in 3 4 5 6 7 8 9; do [ ! -e /proc/self/fd/$file ] || echo $file; done";
  const script = `cat /dev/stdin >/dev/stdout; echo error >/dev/stderr; ${look}`;
  const { stdout, stderr } = run("pipes", ["sh", "-c", script]);
  assert.deepEqual({ stdout, stderr }, { stdout: "input\n", stderr: "error\n" });
});

test("its status is 128 plus the signal that killed it, or 127 if there is no such command", () => {
  assert.equal(run("pipes", ["sh", "-c", "kill -KILL $$"]).status, 137);
  assert.equal(run("pipes", [join(folder, "none")]).status, 127);
});

test("if it cannot be prepared, the command does not run", () => {
  assert.deepEqual(run("pipes", ["unprepared"]), { status: 99, stdout: "", stderr: "no" });
});

test("variables of the caller change nothing in the shell that waits", () => {
  const file = join(folder, "env");
  writeFileSync(file, "echo from BASH_ENV\n");
  const { stdout, stderr } = run("pipes", ["echo", "here"], { BASH_ENV: file, "BASH_FUNC_read%%": "() { exit 5; }" });
  assert.deepEqual({ stdout, stderr }, { stdout: "here\n", stderr: "" });
});
