import assert from "node:assert/strict";
import { test } from "node:test";
import { isMountPoint, listMountPoints } from "../../../helpers/host/mounts.ts";

test("mount points are read with the characters that the kernel writes as numbers", () => {
  const text = String.raw`36 35 98:0 /mnt1 /srv/a\040b\134c rw,noatime master:1 - ext3 /dev/root rw
37 35 0:5 / /proc rw - proc proc rw
`;
  assert.deepEqual([...listMountPoints(text)].filter(Boolean), ["/srv/a b\\c", "/proc"]);
});

test("the root and /proc are mount points, and a folder of ours is none", () => {
  assert.ok(isMountPoint("/proc"));
  assert.ok(!isMountPoint(import.meta.dirname));
});
