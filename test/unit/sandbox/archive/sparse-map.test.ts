import assert from "node:assert/strict";
import { test } from "node:test";
import { readSparse } from "../../../../helpers/sandbox/archive/sparse-map.ts";
import { Unsound } from "../../../../helpers/sandbox/copy/tar-header.ts";
import { inPieces } from "../copy/archive.ts";

const read = async (text: string, data: string, realSize: number, piece = 7) => {
  const map = Buffer.alloc(Math.ceil(text.length / 512) * 512);
  map.write(text);
  const all = Buffer.concat([map, Buffer.from(data)]);
  const sparse = await readSparse(inPieces(all, piece), all.length, realSize);
  const rest: Buffer[] = [];
  for await (const chunk of sparse.data) {
    assert.ok(chunk.length > 0);
    rest.push(chunk);
  }
  return { pieces: sparse.pieces, data: Buffer.concat(rest).toString() };
};

test("the map of a file with holes is read, however it comes in pieces", async () => {
  const pieces = [
    { offset: 4096, length: 5 },
    { offset: 9000, length: 0 },
  ];
  for (const piece of [1, 7, 512, 513, 4096])
    assert.deepEqual(await read("2\n4096\n5\n9000\n0\n", "tail\n", 9000, piece), { pieces, data: "tail\n" });
  assert.deepEqual(await read("1\n0\n3\n", "abc", 3), { pieces: [{ offset: 0, length: 3 }], data: "abc" });
});

test("A1: a map that is not of its file is refused", async () => {
  const [none, beyond, other] = ["is not a list of numbers", "reaches beyond its end", "does not match its size"];
  const wrong: readonly (readonly [map: string, data: string, size: number, reason: string])[] = [
    ["", "", 0, none],
    ["x\n", "", 0, none],
    ["-1\n", "", 0, none],
    ["01\n0\n3\n", "abc", 3, none],
    ["1\n0\n3", "abc", 3, none],
    ["2\n0\n3\n", "abc", 3, none],
    ["1\n9999999999999999\n3\n", "abc", 3, none],
    ["99999999\n0\n3\n", "abc", 3, none],
    ["1\n0\n4\n", "abc", 4, other],
    ["1\n0\n2\n", "abc", 2, other],
    ["1\n0\n3\n", "abc", 9, other],
    ["1\n0\n3\n", "abc", 2, beyond],
    ["2\n5\n3\n0\n3\n", "abcabc", 8, beyond],
    ["2\n0\n3\n2\n3\n", "abcabc", 5, beyond],
    ["1\n0\n3\nm", "abc", 3, "is followed by unexpected data"],
  ];
  for (const [map, data, size, reason] of wrong)
    await assert.rejects(read(map, data, size), new Unsound(`its map of holes ${reason}`), map);
  const cut = readSparse(inPieces(Buffer.from("1\n0\n0\n"), 7), 6, 0);
  await assert.rejects(cut, /its map of holes is followed by unexpected data/);
});

test("A1: a map that is longer than the limit is refused, however many pieces it has", async () => {
  const readMap = (map: string) => readSparse(inPieces(Buffer.from(map), 5), 512, 512, 32);
  await assert.rejects(readMap("999999999999999\n".repeat(2)), /its map of holes is not a list of numbers/);
  await assert.rejects(readMap(`${"999999999999999\n".repeat(2)}1\n`), /its map of holes is too long/);
});

test("A1: no more is read than the map, and of what is none no more than a number has", async () => {
  const count = async (bytes: Buffer, piece: number): Promise<number> => {
    let pulled = 0;
    async function* pieces(): AsyncGenerator<Buffer> {
      for await (const chunk of inPieces(bytes, piece)) {
        pulled++;
        yield chunk;
      }
    }
    const reading = readSparse(pieces(), bytes.length, 512);
    if (bytes[0] === 0x31) await reading;
    else await assert.rejects(reading, /its map of holes is not a list of numbers/);
    return pulled;
  };
  assert.equal(await count(Buffer.from("x".repeat(100)), 1), 16);
  assert.equal(await count(Buffer.from("x\n".repeat(100)), 2), 1);
  assert.equal(await count(Buffer.concat([Buffer.from("1\n0\n512\n"), Buffer.alloc(504), Buffer.alloc(512)]), 16), 32);
});
