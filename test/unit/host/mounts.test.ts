import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isHarmlessIn,
  isHarmlessMount,
  isMountPoint,
  listMountPoints,
  mount,
  unmount,
} from "../../../helpers/host/mounts.ts";

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

test("a mount is harmless with nosuid and nodev, and not with one of them, or when it is not there", () => {
  const text = `36 35 98:0 /a /srv/nosuid,nodev rw,noatime - ext3 /dev/root rw,nosuid,nodev
37 35 0:5 / /b rw,nosuid,nodev,noexec - tmpfs x rw
38 35 0:5 / /c ro,nosuid,relatime - tmpfs x rw
`;
  assert.deepEqual(
    [36, 37, 38, 3, 7].map((id) => isHarmlessIn(text, id)),
    [false, true, false, false, false],
  );
  assert.ok(!isHarmlessMount(0));
});

test("what mount and umount refuse is told in their words", async () => {
  await assert.rejects(mount(["--bind", "/missing/from", "/missing/to"]), {
    name: "SandboxError",
    message: /^mount: \/missing\/to: /,
  });
  await assert.rejects(unmount("/missing/to"), { name: "SandboxError", message: /^umount: \/missing\/to: / });
  await assert.rejects(mount(["x"], "/missing"), { name: "SandboxError" });
});
