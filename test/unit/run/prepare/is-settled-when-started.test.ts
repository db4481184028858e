import assert from "node:assert/strict";
import { test } from "node:test";
import { isSettledWhenStarted } from "../../../../helpers/run/prepare/is-settled-when-started.ts";

const isSettled = (text: string, unit = "a.service"): boolean => isSettledWhenStarted(unit, () => text);

test("a service that tells systemd when it is ready is settled when it is started, in the last word of its file", () => {
  for (const type of ["forking", "notify", "notify-reload", "dbus", "exec"])
    assert.equal(isSettled(`[Service]\nType=${type}\n`), true, type);
  assert.equal(isSettled("[Service]\nType=simple\nType=notify\n"), true);
  assert.equal(isSettled("[Service]\nType=notify\nType=simple\n"), false);
});

test("who is active from the fork on, may be gone again, or is no service is looked at", () => {
  for (const text of ["", "[Service]\nExecStart=/x\n", "[Service]\nType=oneshot\n", "[Service]\n#Type=notify\n"])
    assert.equal(isSettled(text), false, text);
  assert.equal(isSettled("[Service]\nType=notify\n", "a.socket"), false);
});
