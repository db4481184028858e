import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { constants, createZstdCompress, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { passOneFrame } from "../../../../helpers/sandbox/archive/open-archive.ts";
import { EarlyEnd } from "../../../../helpers/sandbox/copy/read-tar.ts";
import { inPieces } from "../copy/archive.ts";

const params = { [constants.ZSTD_c_checksumFlag]: 1 };
async function pass(frame: Buffer, piece = 1000): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of passOneFrame(inPieces(frame, piece))) all.push(chunk);
  return Buffer.concat(all);
}
/** Compresses as export does. */
async function stream(data: Buffer): Promise<Buffer> {
  const all: Buffer[] = [];
  const compress = Readable.from(inPieces(data, 8192)).pipe(createZstdCompress({ params }));
  for await (const chunk of compress) all.push(chunk as Buffer);
  return Buffer.concat(all);
}
const noise = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index * 31 + (index >> 3)) % 251));

test("a frame comes through as it is, without the empty one that Node's compressor may write behind it", async () => {
  for (const data of [noise, Buffer.alloc(5_000_000), Buffer.alloc(1000, "ab"), Buffer.from("x"), Buffer.alloc(0)]) {
    const frame = zstdCompressSync(data, { params });
    const empty = zstdCompressSync(Buffer.alloc(0), { params });
    for (const piece of [1 << 20, 777]) {
      assert.deepEqual(await pass(frame, piece), frame);
      assert.deepEqual(await pass(Buffer.concat([frame, empty]), piece), frame);
      assert.deepEqual(zstdDecompressSync(await pass(await stream(data), piece)), data);
    }
    await assert.rejects(pass(Buffer.concat([frame, empty.subarray(0, -1)])), EarlyEnd);
    await assert.rejects(pass(Buffer.concat([frame, empty, empty])), /there is data after its end/);
  }
});

test("A1: what is behind a frame, or is none, is refused", async () => {
  const frame = zstdCompressSync(noise, { params });
  for (const more of [Buffer.from("x"), frame, Buffer.from("502a4d180100000078", "hex")])
    await assert.rejects(pass(Buffer.concat([frame, more])), /there is data after its end/);
  for (const wrong of [Buffer.from("502a4d180100000078", "hex"), Buffer.from("1f8b0800000000", "hex"), noise])
    await assert.rejects(pass(wrong), /not compressed with zstd/);
  for (const length of [0, 3, 6, 10, 1000, frame.length - 1])
    await assert.rejects(pass(frame.subarray(0, length)), EarlyEnd);
});

test("A1: a frame that needs a large window, a dictionary or no checksum is refused", async () => {
  const head = (descriptor: number, ...more: readonly number[]): Buffer =>
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, descriptor, ...more, 0, 0, 0, 0, 0, 0, 0, 0]);
  // One window has 9M. The others are a single segment of 8M and a byte, or of 4G.
  const little = [head(0x04, 0x69), head(0xa4, 0x01, 0x00, 0x80, 0x00)];
  for (const frame of [...little, head(0xa4, 0xff, 0xff, 0xff, 0xff), head(0xe4, 0, 0, 0, 0, 1, 0, 0, 0)])
    await assert.rejects(pass(frame), /too much memory/);
  for (const descriptor of [0x00, 0x05, 0x0c])
    await assert.rejects(pass(head(descriptor, 0)), /not the one that export uses/);
  // The largest window, and blocks of the kind that is reserved, or of 128K and a byte.
  for (const block of [[0x07], [0x08, 0x00, 0x10]]) await assert.rejects(pass(head(0x04, 0x68, ...block)), /damaged/);
  for (const [descriptor, ...more] of [
    [0x04, 0x67],
    [0x04, 0x68],
    [0xa4, 0x00, 0x00, 0x80, 0x00],
  ] as const)
    await assert.rejects(pass(head(descriptor, ...more, 0x07)), /damaged/);
});
