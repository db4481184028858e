import assert from "node:assert/strict";
import { test } from "node:test";
import { formatStart, parseSince } from "../../../../helpers/command/audit/read-audit.ts";

const now = new Date(2026, 10, 25, 14, 30, 15);
const at = (...parts: readonly [number, number, number, number?, number?, number?]): number =>
  new Date(...parts).getTime() / 1000;

test("a point in time is a word, a time ago or a date", () => {
  assert.equal(parseSince("today", now), at(2026, 10, 25));
  assert.equal(parseSince("yesterday", now), at(2026, 10, 24));
  assert.equal(parseSince("30min", now), at(2026, 10, 25, 14, 0, 15));
  assert.equal(parseSince("2h ago", now), at(2026, 10, 25, 12, 30, 15));
  assert.equal(parseSince("3d", now), at(2026, 10, 22, 14, 30, 15));
  assert.equal(parseSince("2026-11-01", now), at(2026, 10, 1));
  assert.equal(parseSince("2026-11-01 07:08", now), at(2026, 10, 1, 7, 8));
  assert.equal(parseSince("2026-11-01T07:08:09", now), at(2026, 10, 1, 7, 8, 9));
  for (const text of ["", "soon", "2", "h", "-1h", "2026-13-01", "2026-11-01 25:00", "11/25/26"])
    assert.throws(() => parseSince(text, now), /is not a time/, text);
});

test("ausearch is told the date as the C locale writes it", () => {
  assert.deepEqual(formatStart(at(2026, 0, 2, 3, 4, 5)), ["01/02/26", "03:04:05"]);
});
