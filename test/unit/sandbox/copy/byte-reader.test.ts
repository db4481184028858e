import assert from "node:assert/strict";
import { test } from "node:test";
import { EarlyEnd, readBytes } from "../../../../helpers/sandbox/copy/read-tar.ts";

async function* stream(...chunks: readonly (string | Error)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) {
    if (chunk instanceof Error) throw chunk;
    yield await Promise.resolve(Buffer.from(chunk));
  }
}

test("reads pieces across chunks", async () => {
  const bytes = readBytes(stream("ab", "", "cde", "f"));
  assert.equal(String(await bytes.read(1)), "a");
  assert.equal(String(await bytes.read(4)), "bcde");
  assert.equal(String(await bytes.read(1)), "f");
  assert.equal(await bytes.read(1), undefined);
});

test("an end within a piece is an error", async () => {
  await assert.rejects(readBytes(stream("ab")).read(3), EarlyEnd);
});

// The layer below checks a sum after the last byte. If that error came late, an archive without the sum was accepted.
test("A1: an error of the stream is no end, not even between two pieces", async () => {
  for (const error of [new EarlyEnd(), new Error("damaged")]) {
    const bytes = readBytes(stream("ab", error));
    assert.equal(String(await bytes.read(2)), "ab");
    await assert.rejects(bytes.read(1), (thrown) => thrown === error);
  }
});
