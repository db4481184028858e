import assert from "node:assert/strict";
import test from "node:test";
import { findReplaced } from "../../../../helpers/host/files/replaced-files.ts";

test("of what a process maps only the host's files that have no name any more count", () => {
  const maps = [
    "55d0 r--p 00000000 08:01 123 /usr/sbin/apache2 (deleted)",
    "7f00-7f01 r-xp 00001000 08:01 124                        /usr/lib/with space/libc.so.6 (deleted)",
    "7f01-7f02 r-xp 00001000 08:01 125                        /usr/lib/libz.so.1",
    "7f02-7f03 rw-s 00000000 00:05 126                        /memfd:x (deleted)",
    "7f03-7f04 rw-s 00000000 00:05 127                        /var/lib/x (deleted)",
    "7f04-7f05 rw-p 00000000 00:00 0 ",
    "7f05-7f06 rw-p 00000000 00:00 0                          [stack]",
    "",
  ].join("\n");
  assert.deepEqual(findReplaced(maps), ["/usr/sbin/apache2", "/usr/lib/with space/libc.so.6"]);
});
