import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bind,
  isHarmlessIn,
  isHarmlessMount,
  isMountPoint,
  listMountPoints,
  mountNew,
  readTerminalOptions,
  unmount,
} from "../../../../helpers/host/files/mounts.ts";

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

test("what the kernel refuses is told with the place, in words", () => {
  assert.throws(
    () => {
      bind({ from: "/missing/from", to: "/missing/to", isPrivate: true });
    },
    { name: "SandboxError", message: /^mount: \/missing\/to: (?:No such file or directory|Operation not permitted)$/ },
  );
  assert.throws(
    () => {
      unmount("/missing/to");
    },
    { name: "SandboxError", message: /^umount: \/missing\/to: (?:No such file or directory|Operation not permitted)$/ },
  );
  assert.throws(
    () => {
      mountNew({ type: "tmpfs", to: "/missing", flags: [], options: { size: "much" } });
    },
    { name: "SandboxError", message: /^mount: \/missing: (?:Invalid argument|Operation not permitted)$/ },
  );
});

test("the options of terminals are found, and no other file system is taken for them", () => {
  const line = (point: string, type: string, options: string): string =>
    `40 35 0:5 / ${point} rw - ${type} x ${options}\n`;
  const label = 'context="u:r:t:s0:c1,gid=7"';
  const text =
    line("/a", "devpts", "rw,gid=5") + line("/b", "devpts", `rw,${label},gid=65541,mode=620,ptmxmode=666,max=1024`);
  assert.deepEqual(readTerminalOptions(text, "/a"), { gid: "5" });
  assert.deepEqual(readTerminalOptions(text, "/b"), { gid: "65541", mode: "620", ptmxmode: "666" });
  for (const path of ["/c", "/d"])
    assert.throws(() => readTerminalOptions(text + line("/c", "tmpfs", "rw,gid=5"), path), /no terminals are mounted/);
});
