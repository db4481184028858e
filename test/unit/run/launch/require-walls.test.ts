import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { findProcess } from "../../../../helpers/host/process/processes.ts";
import { hasFilter } from "../../../../helpers/host/walls/access-control.ts";
import { requireWalls, type WallsHost } from "../../../../helpers/run/launch/require-ready.ts";

const web = parseSandboxName("web");
const own = findProcess(process.pid);
assert.ok(own);
const gone = { ...own, pid: 2 ** 22 + 1 };
const none = { kind: "none" } as const;
const control = { kind: "apparmor", profile: "web", entry: "web" } as const;
const whole: WallsHost = {
  isFiltered: () => true,
  readConfinement: () => "web (enforce)",
  isRunning: () => true,
};

test("a first process without a filter is not left running", () => {
  requireWalls(web, own, none, whole);
  assert.throws(() => {
    requireWalls(web, own, none, { ...whole, isFiltered: () => false });
  }, /web has no system call filter/);
});

test("one that has ended by now needs none", () => {
  requireWalls(web, gone, none);
});

test("nor is one that is not in its AppArmor profile, or in one that only complains", () => {
  requireWalls(web, own, control, whole);
  for (const found of ["unconfined", "web (complain)", "web@start (enforce)", "other (enforce)", undefined])
    assert.throws(() => {
      requireWalls(web, own, control, { ...whole, readConfinement: () => found });
    }, /not in its AppArmor profile web/);
  requireWalls(web, own, control, { ...whole, readConfinement: () => undefined, isRunning: () => false });
});

test("no other mode of seccomp(2) counts", () => {
  assert.ok(hasFilter("Name:\tsystemd\nSeccomp:\t2\nSeccomp_filters:\t1\n"));
  assert.ok(!hasFilter("Seccomp:\t0\nSeccomp_filters:\t2\n"));
  assert.ok(!hasFilter("Name:\tSeccomp:\t2\nSeccomp:\t1\n"));
});
