import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  awaitMessage,
  awaitWriter,
  makeFifo,
  makePipe,
  openReader,
  readPipe,
} from "../../../../helpers/host/process/pipes.ts";

const folder = mkdtempSync(join(tmpdir(), "pipes-"));
after(() => {
  rmSync(folder, { recursive: true });
});

test("a pipe carries data, ends with its writer, and leaves no name", async () => {
  const { reader, writer } = makePipe(folder);
  assert.deepEqual(readdirSync(folder), []);
  writeSync(writer, "data");
  closeSync(writer);
  assert.equal(await readPipe(reader, 100), "data");
  closeSync(reader);
});

test("whoever writes to a pipe that nobody reads is told", () => {
  const { reader, writer } = makePipe(folder);
  closeSync(reader);
  assert.throws(() => writeSync(writer, "lost"), { code: "EPIPE" });
  closeSync(writer);
});

test("a wait for a pipe ends with a message, with its last writer, or when it is stopped", async () => {
  const { reader, writer } = makePipe(folder);
  const said = awaitMessage(reader);
  writeSync(writer, "words");
  assert.equal(await said.text, "words");
  said.stop();
  const stopped = awaitMessage(reader);
  stopped.stop();
  await stopped.text;
  const last = awaitMessage(reader);
  closeSync(writer);
  assert.equal(await last.text, "");
  closeSync(reader);
});

test("a wait for a writer ends with one that opens the pipe, or when it is stopped", async () => {
  const path = join(folder, "active");
  makeFifo(path);
  const reader = openReader(path);
  const stopped = awaitWriter(reader);
  stopped.stop();
  assert.equal(await stopped.text, "");
  const opened = awaitWriter(reader);
  const writer = openSync(path, constants.O_WRONLY);
  assert.equal(await opened.text, "");
  closeSync(writer);
  closeSync(reader);
});

test("many waits end in any order, while the memory of others is freed", async () => {
  const pipes = Array.from({ length: 50 }, () => makePipe(folder));
  const waits = pipes.map(({ reader }) => awaitMessage(reader));
  for (const [index, { writer }] of [...pipes.entries()].reverse()) writeSync(writer, String(index));
  const said = await Promise.all(waits.map(({ text }) => text));
  assert.deepEqual(said, [...pipes.keys()].map(String));
  for (const { reader, writer } of pipes) [reader, writer].forEach(closeSync);
});

test("a process ends although it still waits", () => {
  const script = `import { awaitMessage, makePipe } from ${JSON.stringify(join(import.meta.dirname, "../../../../helpers/host/process/pipes.ts"))};
const { reader } = makePipe(${JSON.stringify(folder)}); for (let i = 0; i < 5; i++) awaitMessage(reader); process.exit(7);`;
  const file = join(folder, "ends.ts");
  writeFileSync(file, script);
  assert.equal(spawnSync(process.execPath, [file], { timeout: 20_000 }).status, 7);
});
