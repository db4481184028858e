import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { test } from "node:test";
import { runQuick } from "../../../../helpers/host/process/run-quick.ts";

const shell = (script: string, options: Parameters<typeof runQuick>[2] = {}) => runQuick("sh", ["-c", script], options);

test("every end of a program is an answer", async () => {
  assert.deepEqual(await shell("echo out; exit 3"), { status: 3, output: "out" });
  assert.deepEqual(await shell("kill -TERM $$"), { status: 143, output: "" });
  assert.deepEqual(await runQuick("/nonexistent/program", []), {
    status: 127,
    output: "/nonexistent/program: not found",
  });
});

test("a program reads what it is given, or nothing", async () => {
  assert.equal((await shell("cat", { input: "text\n" })).output, "text");
  assert.equal((await shell("cat")).output, "");
  // This input is too large for a pipe, and the program reads none of it.
  assert.equal((await shell("exit 0", { input: "x".repeat(1 << 20) })).status, 0);
});

test("what a program says of errors is in its output, or dropped", async () => {
  assert.equal((await shell("echo wrong >&2")).output, "wrong");
  assert.deepEqual(await shell("echo wrong >&2; echo right; exit 3", { dropErrors: true }), {
    status: 3,
    output: "right",
  });
});

test("a program gets open files, and the folder to run in", async () => {
  const file = openSync("/etc/hostname", "r");
  try {
    assert.equal(
      (await shell("readlink /proc/self/fd/3; pwd", { files: [file], cwd: "/usr" })).output,
      "/etc/hostname\n/usr",
    );
  } finally {
    closeSync(file);
  }
});

// A5
test("a program that prints without end loses its reader", async () => {
  const { status, output } = await shell("exec yes", { most: 4096 });
  assert.notEqual(status, 0);
  assert.ok(output.length > 4000 && output.length <= 4096);
});

test("a program of ours does not take its pipe for the journal", async () => {
  process.env["JOURNAL_STREAM"] = "1:2";
  try {
    assert.equal((await shell('echo "${JOURNAL_STREAM-none}"')).output, "none");
  } finally {
    delete process.env["JOURNAL_STREAM"];
  }
});
