import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { type Entry, listMoments, readLog } from "../../faults/cuts/log-writes.ts";

const sector = 512;

/** A sector that begins with these numbers, and then has a text. */
function sectorOf(numbers: readonly bigint[], text = ""): Buffer {
  const bytes = Buffer.alloc(sector);
  numbers.forEach((number, index) => bytes.writeBigUInt64LE(number, index * 8));
  bytes.write(text, numbers.length * 8);
  return bytes;
}

const top = (count: bigint): Buffer => sectorOf([0x6a736677736872n, 1n, count, BigInt(sector)]);

function readBytes(t: TestContext, ...parts: readonly Buffer[]): readonly Entry[] {
  const folder = mkdtempSync(join(tmpdir(), "log-writes-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "log"), Buffer.concat(parts));
  const log = openSync(join(folder, "log"), "r");
  try {
    return readLog(log);
  } finally {
    closeSync(log);
  }
}

test("writes, discards, flushes and marks are read, and where the data is", (t) => {
  const write = [sectorOf([8n, 2n, 0n, 0n]), Buffer.alloc(2 * sector, "x")];
  const rest = [sectorOf([100n, 4n, 4n, 0n]), sectorOf([0n, 0n, 8n, 5n], "begin"), sectorOf([0n, 0n, 1n, 0n])];
  const plain = { isFlush: false, mark: undefined };
  assert.deepEqual(readBytes(t, top(4n), ...write, ...rest), [
    { ...plain, offset: 8 * sector, length: 2 * sector, data: 2 * sector },
    { ...plain, offset: 100 * sector, length: 4 * sector, data: undefined },
    { ...plain, offset: 0, length: 0, data: 6 * sector, mark: "begin" },
    { ...plain, offset: 0, length: 0, data: 7 * sector, isFlush: true },
  ]);
});

test("a file that is no log, or only the beginning of one, is refused", (t) => {
  assert.throws(() => readBytes(t, sectorOf([1n])), /not a log/);
  assert.throws(() => readBytes(t, top(1n)), /the log ends at 512/);
});

test("the power may fail at each flush of the command, and after its end", () => {
  const entry: Entry = { offset: 0, length: 0, data: 0, isFlush: false, mark: undefined };
  const flush = { ...entry, isFlush: true };
  const log = [flush, { ...entry, mark: "begin" }, flush, entry, flush, { ...entry, mark: "end" }, flush];
  assert.deepEqual(listMoments(log), [
    { entries: 3, isEnd: false },
    { entries: 5, isEnd: false },
    { entries: 6, isEnd: true },
  ]);
  assert.throws(() => listMoments([flush]), /lacks a mark/);
});
