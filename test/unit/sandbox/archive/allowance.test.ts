import assert from "node:assert/strict";
import { test } from "node:test";
import { makeAllowance } from "../../../../helpers/sandbox/archive/members.ts";

const mebi = 2 ** 20;
const block = 4096;

test("a disk is asked for a portion of space and of files at once, for a smaller one when it is almost full", () => {
  let room = Infinity;
  let asked: (readonly [number, number])[] = [];
  const allow = makeAllowance(0, "web1", (_folder, size, count) => {
    asked.push([size, count]);
    return size <= room;
  });
  const ask = (bytes: number): typeof asked => {
    asked = [];
    allow(bytes);
    return asked;
  };
  const large = (bytes: number) => [bytes + block + 64 * mebi, 1 + (64 * mebi) / block] as const;
  const small = (bytes: number) => [bytes + block + mebi, 1 + mebi / block] as const;
  assert.deepEqual(ask(1000), [large(1000)]);
  assert.deepEqual(ask(32 * mebi - block), []);
  assert.deepEqual(ask(32 * mebi - block), [], "the portion is used up exactly");
  room = 2 * mebi;
  assert.deepEqual(ask(0), [large(0), small(0)]);
  room = block + 1;
  assert.deepEqual(ask(mebi - block), []);
  assert.deepEqual(ask(1), [large(1), small(1), [block + 1, 1]]);
  assert.throws(() => {
    allow(2);
  }, /the archive does not fit on the disk of web1/);
});
