import assert from "node:assert/strict";
import { test } from "node:test";
import { isSettledWhenStarted } from "../../../../helpers/run/prepare/is-settled-when-started.ts";

const isSettled = (type: string, unit = "a.service", load = "loaded"): boolean =>
  isSettledWhenStarted(unit, { LoadState: load, Type: type });

test("a service that tells systemd when it is ready is settled when it is started", () => {
  for (const type of ["forking", "notify", "notify-reload", "dbus", "exec"]) assert.equal(isSettled(type), true, type);
});

test("who is active from the fork on, may be gone again, or is no service is looked at", () => {
  for (const type of ["simple", "oneshot", "idle"]) assert.equal(isSettled(type), false, type);
  assert.equal(isSettled("notify", "a.socket"), false);
  assert.equal(isSettled("notify", "a.service", "not-found"), false);
  assert.equal(isSettledWhenStarted("a.service", {}), false);
});
