import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultKeep, parseKeep } from "../../../../conf/values/keep.ts";
import { ValueError } from "../../../../conf/values/values.ts";

test("a count is the number of the newest ones", () => {
  assert.deepEqual(parseKeep("7"), { kind: "count", count: 7 });
  assert.deepEqual(parseKeep(defaultKeep), { kind: "count", count: 7 });
  assert.deepEqual(parseKeep("9999"), { kind: "count", count: 9999 });
});

test("letters are periods, in any order", () => {
  const { counts } = parseKeep("24h7d4w6m2y") as { counts: ReadonlyMap<string, number> };
  assert.deepEqual(Object.fromEntries(counts), { h: 24, d: 7, w: 4, m: 6, y: 2 });
  assert.deepEqual([...(parseKeep("1y3d") as { counts: ReadonlyMap<string, number> }).counts.keys()], ["y", "d"]);
});

test("nonsense is refused: it would keep none, or nobody could tell which", () => {
  const nonsense = [
    "",
    "0",
    "00",
    "-1",
    "+7",
    "7.5",
    "10000",
    "1e3",
    "all",
    "d",
    "0d",
    "7d0w",
    "7D",
    "7d4",
    "7 d",
    "7d 4w",
  ];
  for (const text of [...nonsense, "7d7d", "7x", "d7", "7dd", "99999999999999999999", "7d\n4w", "٧"])
    assert.throws(() => parseKeep(text), ValueError, JSON.stringify(text));
  assert.throws(() => parseKeep("0"), /0 would keep none/);
  assert.throws(() => parseKeep("7d7d"), /d is there twice/);
});
