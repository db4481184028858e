import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { OutputStream } from "../../../../helpers/host/process/run-helper.ts";

// A pipe that blocks nobody: its writer gets EAGAIN when it is full.
function openPipe(): { readonly reader: number; readonly writer: number } {
  const folder = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  rmSync(folder, { recursive: true });
  return { reader, writer };
}

// Reads until the end, and pauses whenever there is nothing.
async function readSlowly(reader: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const part = Buffer.alloc(5000); ;) {
    try {
      const size = readSync(reader, part);
      if (size === 0) return Buffer.concat(parts);
      parts.push(Buffer.from(part.subarray(0, size)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
      await sleep(3);
    }
  }
}

test("a full pipe that blocks nobody gets all writes in their order", async () => {
  const { reader, writer } = openPipe();
  const pieces = Array.from({ length: 60 }, (_, index) => String(index).repeat(index * 300));
  const output = new OutputStream(writer);
  const read = readSlowly(reader);
  await pipeline(pieces, output);
  closeSync(writer);
  assert.equal((await read).toString(), pieces.join(""));
  closeSync(reader);
});

test("a write is done when the kernel has it, and the end leaves the descriptor open", async () => {
  const { reader, writer } = openPipe();
  const output = new OutputStream(writer);
  assert.equal(output.hasBegun, false);
  await new Promise((resolve) => output.write("line\n", resolve));
  const part = Buffer.alloc(10);
  assert.equal(readSync(reader, part), 5);
  await new Promise<void>((resolve) => output.end(resolve));
  assert.equal(output.hasBegun, true);
  closeSync(writer);
  closeSync(reader);
});

test("without a reader every write fails, and the first error stays", async () => {
  const { reader, writer } = openPipe();
  closeSync(reader);
  const output = new OutputStream(writer);
  const errors: unknown[] = [];
  output.on("error", (error: NodeJS.ErrnoException) => errors.push(error.code));
  for (const text of ["a", "b"]) await new Promise((resolve) => output.write(text, resolve));
  assert.deepEqual(errors, ["EPIPE"]);
  assert.equal((output.errored as NodeJS.ErrnoException).code, "EPIPE");
  closeSync(writer);
});
