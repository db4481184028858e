import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseLine } from "../../../generator/pass-through-rules.ts";

test("what the template is made of cannot be replaced", () => {
  for (const key of [
    "Type",
    "PIDFile",
    "ExecStart",
    "ExecStop",
    "ExecStopPost",
    "KillMode",
    "NotifyAccess",
    "User",
    "Group",
    "DynamicUser",
  ]) {
    assert.match(refuseLine("Service", key, "x")?.message ?? "", /itself is made of/, key);
  }
});

test("a step before the start can be added, and the template's own not taken away", () => {
  assert.equal(refuseLine("Service", "ExecStartPre", "/bin/true"), undefined);
  assert.notEqual(refuseLine("Service", "ExecStartPre", ""), undefined);
});

test("confinement of the helpers is refused", () => {
  for (const key of [
    "RootDirectory",
    "PrivateTmp",
    "ProtectSystem",
    "BindPaths",
    "SystemCallFilter",
    "RestrictNamespaces",
  ]) {
    assert.match(refuseLine("Service", key, "yes")?.message ?? "", /would confine/, key);
  }
});

test("resource control goes to its own section", () => {
  assert.equal(refuseLine("Service", "MemoryMax", "1G")?.hint, "Write it in section [Resources]");
});

test("a slip in a key of systemd is found, and a key of the other section", () => {
  assert.equal(refuseLine("Service", "Restrat", "always")?.hint, "Did you mean Restart=?");
  assert.equal(refuseLine("Unit", "Afetr", "x")?.hint, "Did you mean After=?");
  assert.equal(refuseLine("Service", "StartLimitIntervalSec", "0")?.hint, "It belongs in section [Unit]");
  assert.equal(refuseLine("Unit", "Restart", "always")?.hint, "It belongs in section [Service]");
});

test("everything else passes, also what a later systemd may know", () => {
  for (const key of ["Restart", "TimeoutStartSec", "SomethingNew", "X-Note", "LimitNOFILE"]) {
    assert.equal(refuseLine("Service", key, "x"), undefined, key);
  }
  for (const key of ["After", "ConditionPathExists", "AssertHost", "X-Note"]) {
    assert.equal(refuseLine("Unit", key, "x"), undefined, key);
  }
});
