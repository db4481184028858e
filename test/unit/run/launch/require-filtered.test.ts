import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { findProcess } from "../../../../helpers/host/process-start.ts";
import { hasFilter } from "../../../../helpers/host/seccomp.ts";
import { requireFiltered } from "../../../../helpers/run/launch/require-filtered.ts";

const web = parseSandboxName("web");
const own = findProcess(process.pid);
assert.ok(own);
const gone = { ...own, pid: 2 ** 22 + 1 };

test("a first process without a filter is not left running", () => {
  requireFiltered(web, own, () => true);
  assert.throws(() => {
    requireFiltered(web, own, () => false);
  }, /web has no system call filter/);
});

test("one that has ended by now needs none", () => {
  requireFiltered(web, gone);
});

test("no other mode of seccomp(2) counts", () => {
  assert.ok(hasFilter("Name:\tsystemd\nSeccomp:\t2\nSeccomp_filters:\t1\n"));
  assert.ok(!hasFilter("Seccomp:\t0\nSeccomp_filters:\t2\n"));
  assert.ok(!hasFilter("Name:\tSeccomp:\t2\nSeccomp:\t1\n"));
});
