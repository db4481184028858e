import assert from "node:assert/strict";
import test from "node:test";
import {
  chooseIdBase,
  parseAccountIds,
  parseIdMap,
  parseSubordinateIds,
  rangeSize,
} from "../../../helpers/sandbox/id-range.ts";

const first = 524_288;
const last = 1_879_048_191;

test("ranges are aligned and within what is set aside for containers", () => {
  for (const place of [0, 0.37, 0.999999999]) {
    const base = chooseIdBase([], place) ?? 0;
    assert.equal(base % rangeSize, 0);
    assert.ok(base >= first && base + rangeSize - 1 <= last, String(base));
  }
});

test("a range is passed over for a single id in it", () => {
  assert.equal(chooseIdBase([], 0), first);
  assert.equal(chooseIdBase([{ first: first + rangeSize - 1, count: 1 }], 0), first + rangeSize);
  assert.equal(chooseIdBase([{ first: 100_000, count: first - 100_000 + 1 }], 0), first + rangeSize);
});

test("the search goes round, and ends when all is taken", () => {
  const tail = { first: last - rangeSize + 1, count: rangeSize };
  assert.equal(chooseIdBase([tail], 0.999999999), first);
  assert.equal(chooseIdBase([{ first: 0, count: 2 ** 32 }], 0.5), undefined);
});

test("subordinate ids, accounts and maps of user namespaces are read", () => {
  assert.deepEqual(parseSubordinateIds("# x\nanna:100000:65536\n1000:165536:65536\n"), [
    { first: 100_000, count: 65_536 },
    { first: 165_536, count: 65_536 },
  ]);
  assert.deepEqual(parseAccountIds("root:x:0:0:root:/root:/bin/sh\nbig:x:600000:1::/:/bin/sh\n+::::::\n"), [
    { first: 0, count: 1 },
    { first: 600_000, count: 1 },
  ]);
  assert.deepEqual(parseIdMap("         0     200000      65536\n"), [{ first: 200_000, count: 65_536 }]);
});

test("a process in our own user namespace takes nothing", () => {
  assert.deepEqual(parseIdMap("         0          0 4294967295\n"), []);
});
