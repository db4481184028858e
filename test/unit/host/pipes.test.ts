import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, readdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makePipes, type Pipe, readPipe } from "../../../helpers/host/pipes.ts";

const folder = mkdtempSync(join(tmpdir(), "pipes-"));
after(() => {
  rmSync(folder, { recursive: true });
});

async function makePipe(): Promise<Pipe> {
  const [pipe] = await makePipes(1, folder);
  assert.ok(pipe !== undefined);
  return pipe;
}

test("pipes carry their own data, end with their writer, and leave no name", async () => {
  const [one, two] = await makePipes(2, folder);
  assert.ok(one !== undefined && two !== undefined);
  assert.deepEqual(readdirSync(folder), []);
  for (const [{ writer }, text] of [
    [one, "first"],
    [two, "second"],
  ] as const) {
    writeSync(writer, text);
    closeSync(writer);
  }
  assert.deepEqual(await Promise.all([readPipe(one.reader, 100), readPipe(two.reader, 100)]), ["first", "second"]);
  for (const { reader } of [one, two]) closeSync(reader);
});

test("a program opens a pipe by the name of its output", async () => {
  const { reader, writer } = await makePipe();
  const child = spawn("sh", ["-c", "echo here >/dev/stdout"], { stdio: ["ignore", writer, "inherit"] });
  closeSync(writer);
  const [text, ended] = await Promise.all([readPipe(reader, 100), once(child, "exit")]);
  assert.equal(text, "here\n");
  assert.deepEqual(ended, [0, null]);
  closeSync(reader);
});

test("whoever writes to a pipe that nobody reads is told", async () => {
  const { reader, writer } = await makePipe();
  closeSync(reader);
  assert.throws(() => writeSync(writer, "lost"), { code: "EPIPE" });
  closeSync(writer);
});
