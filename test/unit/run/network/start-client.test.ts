import assert from "node:assert/strict";
import {
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  closeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { findProcess, isRunning } from "../../../../helpers/host/process-start.ts";
import { runQuick } from "../../../../helpers/host/run-quick.ts";
import { waitUntil } from "../../../../helpers/host/wait.ts";

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "start-client-"));
  copyFileSync(join(import.meta.dirname, "../../../../helpers/start-client"), join(folder, "start-client"));
  // This replaces the real copy-console, which needs an installation.
  writeFileSync(join(folder, "copy-console"), "#!/bin/sh\nexec sed 's/^/copied: /'\n", { mode: 0o755 });
});

after(() => {
  rmSync(folder, { recursive: true });
});

/**
 * Returns the output of `start-client` for a command, and the text in two files: one stands for the journal, one for
 * the pipe to launch.
 */
async function start(script: string) {
  const paths = ["journal", "outcome"].map((name) => join(folder, name));
  const files = paths.map((path) => openSync(path, "w"));
  const { status, output } = await runQuick(join(folder, "start-client"), ["sh", "-c", script], { files });
  for (const file of files) closeSync(file);
  const [journal = "", outcome = ""] = paths;
  return { status, output, read: () => [readFileSync(journal, "utf8"), readFileSync(outcome, "utf8")] };
}

test("the number of the command is told while it still runs", async () => {
  const { status, output } = await start("exec sleep 60");
  assert.equal(status, 0);
  assert.match(output, /^\d+$/);
  const client = findProcess(Number(output));
  assert.ok(client !== undefined && isRunning(client));
  assert.ok(await waitUntil(() => readFileSync(`/proc/${client.pid}/comm`, "utf8") === "sleep\n", { within: 20_000 }));
  // Higher descriptors belong to the process that runs the test.
  const open = readdirSync(`/proc/${client.pid}/fd`).filter((file) => Number(file) < 10);
  process.kill(client.pid);
  assert.deepEqual(open, ["0", "1", "2", "8", "9"], "and nothing of ours is open in it but what it needs");
});

test("what it says comes into the journal as it is copied, and what it says to launch comes to launch", async () => {
  const { read } = await start("echo one; echo two >&9; echo lost >&2; echo why >&8");
  assert.ok(await waitUntil(() => read().join("").includes("two"), { within: 20_000 }));
  assert.deepEqual(read(), ["copied: one\ncopied: two\n", "why\n"]);
});
