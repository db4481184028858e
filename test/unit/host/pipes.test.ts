import assert from "node:assert/strict";
import { closeSync, mkdtempSync, readdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { makePipe, readPipe } from "../../../helpers/host/pipes.ts";

const folder = mkdtempSync(join(tmpdir(), "pipes-"));
after(() => {
  rmSync(folder, { recursive: true });
});

test("a pipe carries data, ends with its writer, and leaves no name", async () => {
  const { reader, writer } = await makePipe(folder);
  assert.deepEqual(readdirSync(folder), []);
  writeSync(writer, "data");
  closeSync(writer);
  assert.equal(await readPipe(reader, 100), "data");
  closeSync(reader);
});

test("whoever writes to a pipe that nobody reads is told", async () => {
  const { reader, writer } = await makePipe(folder);
  closeSync(reader);
  assert.throws(() => writeSync(writer, "lost"), { code: "EPIPE" });
  closeSync(writer);
});
