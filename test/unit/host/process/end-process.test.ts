import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { test } from "node:test";

const source = JSON.stringify(join(import.meta.dirname, "../../../../helpers/host/process/run-helper.ts"));
const bash = (line: string, script: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(
    "bash",
    ["-c", line, process.execPath, `import { endProcess, prepareOutputs } from ${source};\n${script}`],
    {
      encoding: "utf8",
    },
  );
const program = '"$0" --input-type=module --eval "$1"';

test("a slow reader gets all that was printed, before the process ends with its status", () => {
  const { status, stdout } = bash(
    `set -o pipefail; ${program} | { sleep 0.3; wc -c; }`,
    'prepareOutputs(); process.stdout.write("x".repeat(1e6)); process.stdout.write("y"); await endProcess(7);',
  );
  assert.deepEqual([status, stdout.trim()], [7, "1000001"]);
});

test("with a reader that is gone the work is done to its end, without a word", () => {
  const { stdout, stderr } = bash(
    `${program} | true; echo "\${PIPESTATUS[0]}"`,
    `prepareOutputs();
     for (let turn = 0; turn < 10; turn++) {
       process.stdout.write("x".repeat(1e5));
       await new Promise((resolve) => setTimeout(resolve, 20));
     }
     await endProcess(3);`,
  );
  assert.deepEqual([stdout, stderr], ["3\n", ""]);
});

test("output that finds no room makes a failure of a success, and is told", () => {
  const { status, stderr } = bash(
    `${program} >/dev/full`,
    'prepareOutputs(); process.stdout.write("x"); await endProcess(0);',
  );
  assert.equal(status, 1);
  assert.match(stderr, /^standard output: .*no space left on device.*\n$/);
});

// The copier of a console writes to the socket that launch leaves behind.
test("a socket that others have as well stays open for them", () => {
  // What spawnSync gives to a child is one.
  const { stdout } = bash(
    `${program}; echo after`,
    'prepareOutputs(); process.stdout.write("before\\n"); await endProcess(0);',
  );
  assert.equal(stdout, "before\nafter\n");
});

// Both runtimes give a socket to a child whose output they read, and so does ssh(1).
const startOnSocket = (): ChildProcessByStdio<null, Readable, null> => {
  const script = `import { endProcess, prepareOutputs } from ${source};
    prepareOutputs();
    for (let turn = 0; turn < 5; turn++) process.stdout.write("x".repeat(3e5));
    await endProcess(7);`;
  return spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: ["ignore", "pipe", "inherit"] });
};

test("a slow reader gets all that was printed into a socket, however often", async () => {
  const child = startOnSocket();
  const ended = new Promise((resolve) => child.once("close", resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await text(child.stdout)).length, 15e5);
  assert.equal(await ended, 7);
});

test("a reader of a socket that goes away holds nothing up", async () => {
  const child = startOnSocket();
  child.stdout.once("data", () => child.stdout.destroy());
  assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 7);
});
