import assert from "node:assert/strict";
import { test } from "node:test";
import { findLoopDevice } from "../../../../helpers/host/files/mounts.ts";

test("a file that is no image is mounted through no loop device", async () => {
  assert.equal(await findLoopDevice(import.meta.filename), undefined);
});
