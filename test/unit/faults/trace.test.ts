import assert from "node:assert/strict";
import { test } from "node:test";
import { readTrace } from "../../faults/calls/trace.ts";

test("calls have their place in their thread, and the machinery's count too", () => {
  const trace = [
    '12 openat(AT_FDCWD</>, "/etc/ld.so.cache", O_RDONLY) = 3',
    '12 openat(AT_FDCWD</>, "/etc/x.conf", O_RDONLY) = 3',
    '13 openat(AT_FDCWD</>, "/etc/y.conf", O_RDONLY <unfinished ...>',
    "12 write(1</dev/null>, text, 4) = 4",
    "12 write(4</etc/x>, text, 4) = 4",
    "13 <... openat resumed>) = 3",
    "12 --- SIGCHLD {si_signo=SIGCHLD} ---",
    '14 openat(AT_FDCWD</>, "/etc/z.conf", O_RDONLY) = 3',
  ].join("\n");
  assert.deepEqual(
    readTrace(trace).map(({ name, ordinal, text }) => `${name} ${ordinal} ${/[xyz]\.conf|<\/etc\/x>/.exec(text)?.[0]}`),
    ["openat 2 x.conf", "openat 1 y.conf", "write 2 </etc/x>"],
  );
});
