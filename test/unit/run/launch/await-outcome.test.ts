import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openPipe, type OpenPipe, openReader } from "../../../../helpers/host/process/pipes.ts";
import { awaitOutcome, parseOutcome } from "../../../../helpers/run/launch/outcome.ts";
import { makeTemporary } from "../../sandbox/populate/temporary.ts";

test("ready is all that a healthy start says", () => {
  assert.deepEqual(parseOutcome("ready\n"), { isReady: true, cleared: "", ended: "", report: "" });
  assert.deepEqual(parseOutcome("ready\n\n"), { isReady: true, cleared: "", ended: "", report: "" });
});

test("settings that were turned off come with it", () => {
  const { isReady, cleared } = parseOutcome("ready\na.service: PrivateDevices=yes\nb.service: ProtectHome=yes\n");
  assert.ok(isReady);
  assert.equal(cleared, "a.service: PrivateDevices=yes\nb.service: ProtectHome=yes");
});

test("a failure has its ending, and what a person wants to read", () => {
  assert.deepEqual(parseOutcome("ended exited 3\nline 1\nline 2\n"), {
    isReady: false,
    cleared: "",
    ended: "ended exited 3\nline 1\nline 2\n",
    report: "line 1\nline 2",
  });
});

test("a service that was ready and ended at once was ready", () => {
  const { isReady, ended, report } = parseOutcome("ready\nended exited 0\n");
  assert.ok(isReady);
  assert.equal(ended, "ended exited 0\n");
  assert.equal(report, "");
});

test("a container that ended without a word says nothing", () => {
  assert.deepEqual(parseOutcome(""), { isReady: false, cleared: "", ended: "", report: "" });
});

/** Makes two pipes, and opens them as launch does. */
function makePipes(context: TestContext): { readonly outcome: OpenPipe; readonly active: string; reader: number } {
  const folder = makeTemporary(context);
  const [outcome, active] = [join(folder, "outcome"), join(folder, "active")];
  execFileSync("mkfifo", [outcome, active]);
  const pipes = { outcome: openPipe(outcome), active, reader: openReader(active) };
  context.after(() => {
    closeSync(pipes.outcome.reader);
    closeSync(pipes.reader);
  });
  return pipes;
}

test("a message is waited for", async (context) => {
  const { outcome, reader } = makePipes(context);
  const awaited = awaitOutcome(outcome.reader, reader);
  writeSync(outcome.writer, "ended killed 9\nwhy\n");
  assert.equal((await awaited).report, "why");
  closeSync(outcome.writer);
});

test("whoever opens the pipe for active units says that they are", async (context) => {
  const { outcome, active, reader } = makePipes(context);
  const awaited = awaitOutcome(outcome.reader, reader);
  // systemd keeps the pipe open (ListenFIFO= in systemd.socket(5)).
  const opened = openPipe(active);
  assert.ok((await awaited).isReady);
  for (const file of [opened.reader, opened.writer]) closeSync(file);
  closeSync(outcome.writer);
});

test("the end of all writers is the end of the container", async (context) => {
  const { outcome, reader } = makePipes(context);
  const awaited = awaitOutcome(outcome.reader, reader);
  closeSync(outcome.writer);
  assert.deepEqual(await awaited, parseOutcome(""));
});
