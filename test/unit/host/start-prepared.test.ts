import assert from "node:assert/strict";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makePipes } from "../../../helpers/host/pipes.ts";
import { startPrepared } from "../../../helpers/host/start-prepared.ts";

const folder = mkdtempSync(join(tmpdir(), "start-prepared-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Starts a command whose output goes to a file, and returns the file's text once the command has ended. */
async function run(command: readonly string[], prepare: (pid: number) => void): Promise<string> {
  const [gate] = await makePipes(1, folder);
  assert.ok(gate !== undefined);
  const path = join(folder, "output");
  const output = openSync(path, "w");
  const [input, errors] = [openSync("/dev/null", "r"), openSync("/dev/null", "w")];
  try {
    const child = startPrepared({ command, stdio: [input, output, errors], gate, prepare });
    await once(child, "exit");
  } finally {
    for (const file of [input, output, errors]) closeSync(file);
  }
  return readFileSync(path, "utf8");
}

test("the command runs in the process that was prepared, and after that", async () => {
  let prepared = 0;
  const text = await run(["sh", "-c", 'echo here; echo $$; echo "$1"; ls /proc/$$/fd', "sh", "a  b"], (pid) => {
    prepared = pid;
  });
  const [, pid, word, ...open] = text.trimEnd().split("\n");
  assert.equal(Number(pid), prepared);
  assert.equal(word, "a  b");
  assert.ok(!open.includes("3"), "without the pipe");
});

test("if it cannot be prepared, the command does not run", async () => {
  const fail = (): void => {
    throw new Error("no");
  };
  await assert.rejects(run(["echo", "ran"], fail), { message: "no" });
  assert.equal(readFileSync(join(folder, "output"), "utf8"), "");
});
