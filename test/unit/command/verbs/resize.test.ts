import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planResize } from "../../../../helpers/command/verbs/resize.ts";

const name = parseSandboxName("db");
const gigabyte = 1024 ** 3;
const facts = { name, size: gigabyte, wanted: 2 * gigabyte, free: 4 * gigabyte, isRunning: false };

test("a running sandbox grows where it is mounted, a stopped one is unmounted", () => {
  assert.equal(planResize({ ...facts, isRunning: true }), "mounted");
  assert.equal(planResize(facts), "unmounted");
  assert.equal(planResize({ ...facts, wanted: gigabyte, isRunning: true }), "mounted");
  assert.equal(planResize({ ...facts, wanted: gigabyte / 2 }), "unmounted");
});

test("a running sandbox does not get a smaller image", () => {
  assert.throws(() => planResize({ ...facts, wanted: gigabyte / 2, isRunning: true }), {
    message: "sandbox db is running, and an image can only be made smaller while its sandbox is stopped",
    hint: "Stop it first: systemctl stop sandbox@db",
  });
});

test("an image takes what the disk has left, and not a byte more", () => {
  assert.equal(planResize({ ...facts, free: gigabyte }), "unmounted");
  assert.throws(
    () => planResize({ ...facts, free: gigabyte - 1 }),
    /its disk has 1\.0G free, and the image needs 1\.0G more$/,
  );
  // Nothing is needed for a smaller one.
  assert.equal(planResize({ ...facts, wanted: gigabyte / 2, free: 0 }), "unmounted");
});
