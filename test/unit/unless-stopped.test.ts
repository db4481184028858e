import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const program = join(import.meta.dirname, "../../dist/lib/unless-stopped");
const invocation = "0123456789abcdef0123456789abcdef";
let link: string;

before(() => {
  link = join(mkdtempSync(join(tmpdir(), "stopped-")), "link");
});

after(() => {
  rmSync(join(link, ".."), { recursive: true });
});

/** Whether detach would run after a stop that left a link with this text. */
function runs(text: string | undefined, env: NodeJS.ProcessEnv): boolean {
  if (text !== undefined) symlinkSync(text, link);
  const ran = spawnSync(program, [link, "/bin/sh", "-c", 'echo "$@"; exit 7', "sh", "web", "two words"], {
    env,
    encoding: "utf8",
  });
  assert.equal(ran.stderr, "");
  assert.equal(lstatSync(link, { throwIfNoEntry: false }), undefined);
  const has = { status: ran.status, stdout: ran.stdout };
  const isRun = ran.status !== 0;
  assert.deepEqual(has, isRun ? { status: 7, stdout: "web two words\n" } : { status: 0, stdout: "" });
  return isRun;
}

const good = { SERVICE_RESULT: "success", INVOCATION_ID: invocation };

test("nothing runs after a stop of this invocation that has taken all down", () => {
  assert.equal(runs(invocation, good), false);
});

test("the program runs with its words and ends as it does if the unit failed", () => {
  for (const SERVICE_RESULT of ["exit-code", "signal", "timeout", "protocol", "", undefined])
    assert.equal(runs(invocation, { ...good, SERVICE_RESULT }), true, SERVICE_RESULT);
});

test("only a word of this very invocation counts", () => {
  const others = [undefined, "f".repeat(32), invocation.slice(1), `${invocation}0`, `${invocation}${"0".repeat(90)}`];
  for (const text of others) assert.equal(runs(text, good), true, text);
  assert.equal(runs(invocation, { SERVICE_RESULT: "success" }), true);
  const long = "a".repeat(64);
  assert.equal(runs(long, { ...good, INVOCATION_ID: long }), true);
});

test("a file that is no link says nothing", () => {
  writeFileSync(link, invocation);
  const { status } = spawnSync(program, [link, "/bin/sh", "-c", "exit 7"], { env: good });
  rmSync(link);
  assert.equal(status, 7);
});

test("a program that is not there is an error, and so are too few words", () => {
  const { status, stderr } = spawnSync(program, [link, "/nonexistent"], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [1, "unless-stopped: cannot run /nonexistent: No such file or directory\n"]);
  assert.equal(spawnSync(program, [link]).status, 2);
});
