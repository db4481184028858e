import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFileLimit } from "../../../../helpers/run/launch/raise-file-limit.ts";

test("the limits of the unit are given to prlimit", () => {
  assert.equal(parseFileLimit("LimitNOFILE=524288\nLimitNOFILESoft=1024\n"), "1024:524288");
  assert.equal(parseFileLimit("LimitNOFILE=infinity\nLimitNOFILESoft=infinity\n"), "unlimited:unlimited");
});

test("a systemd that does not answer gives none", () => {
  assert.equal(parseFileLimit(""), undefined);
});
