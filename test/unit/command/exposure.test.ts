import assert from "node:assert/strict";
import test from "node:test";
import { parseExposure } from "../../../helpers/command/exposure.ts";

test("anything else that systemd-analyze prints is an error of ours: half an answer had a stack", () => {
  for (const json of ["", "[", "{}", "[null]", '[{"name":1}]'])
    assert.throws(() => parseExposure("→ Overall exposure level for a: 9 x", json), /no checks that we can read/);
  assert.throws(() => parseExposure("", "[]"), /no overall exposure level/);
});

test("the level is read from the table, and from the JSON what adds to it", () => {
  const json = JSON.stringify([
    { name: "PrivateNetwork=", description: "Service has access to the host's network", exposure: "0.5" },
    { name: "Delegate=", description: "fine", exposure: null },
    { name: "SystemCallFilter=~@clock", description: "Service does not filter system calls", exposure: "0.2" },
  ]);
  const { level, checks } = parseExposure("…\n\n→ Overall exposure level for a.service: 9.4 UNSAFE 😨\n", json);
  assert.equal(level, 9.4);
  assert.deepEqual(
    [...checks],
    [
      ["PrivateNetwork=", { description: "Service has access to the host's network", exposure: 0.5 }],
      ["SystemCallFilter=~@clock", { description: "Service does not filter system calls (@clock)", exposure: 0.2 }],
    ],
  );
});
