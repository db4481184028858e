import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFileLimit, unitPath } from "../../../../helpers/run/launch/raise-file-limit.ts";

test("the limits of the unit are read", () => {
  assert.deepEqual(parseFileLimit("t 1024\nt 524288\n"), { soft: 1024, hard: 524288 });
  assert.deepEqual(parseFileLimit("t 18446744073709551615\nt 18446744073709551615\n"), {
    soft: Infinity,
    hard: Infinity,
  });
});

test("a systemd that does not answer gives none", () => {
  assert.equal(parseFileLimit(""), undefined);
  assert.equal(parseFileLimit("Failed to get property LimitNOFILE"), undefined);
});

test("a unit has its path on D-Bus", () => {
  assert.equal(unitPath("sandbox@web-1.service"), "/org/freedesktop/systemd1/unit/sandbox_40web_2d1_2eservice");
});
