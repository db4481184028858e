import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { waitUntil } from "../../../../base/wait.ts";
import { startClient } from "../../../../helpers/run/network/ask-address.ts";

let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), "start-client-"));
});

after(() => {
  rmSync(folder, { recursive: true });
});

/** Starts a client, and returns it with the text in two files: the journal, and the pipe to launch. */
function start(script: string): { client: ChildProcess; read: () => readonly string[] } {
  const paths = ["journal", "outcome"].map((name) => join(folder, name));
  const [output = 0, outcome = 0] = paths.map((path) => openSync(path, "w"));
  const client = startClient(["sh", "-c", script], output, outcome);
  for (const file of [output, outcome]) closeSync(file);
  return { client, read: () => paths.map((path) => readFileSync(path, "utf8")) };
}

test("the client has nothing of ours open but what it needs", async () => {
  // A program that has just been started may still have its libraries open, so the shell itself is looked at.
  const { client, read } = start("echo ready; kill -STOP $$");
  assert.ok(await waitUntil(() => read()[0] === "ready\n", { within: 20_000 }));
  // Higher descriptors belong to the process that runs the test.
  const open = readdirSync(`/proc/${client.pid ?? 0}/fd`).filter((file) => Number(file) < 10);
  client.kill("SIGKILL");
  assert.deepEqual(open, ["0", "1", "2", "8", "9"]);
});

test("what it says goes to the journal, and why there is no address goes to launch", async () => {
  const { client, read } = start("echo one; echo two >&9; echo lost >&2; echo why >&8");
  await once(client, "exit");
  assert.deepEqual(read(), ["one\ntwo\n", "why\n"]);
});
