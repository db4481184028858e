import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseByPlace, placeOf, readTrace } from "../../faults/calls/trace.ts";

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

test("of a place that makes a call again and again, the first, the last and one between are kept", () => {
  const trace = [
    '12 openat(AT_FDCWD</>, "/etc/sandboxcontainer/a.conf", O_RDONLY) = 3',
    ...["hosts", "passwd", "shadow", "init.d/x", "motd"].map(
      (name) => `12 openat(AT_FDCWD</>, "/var/lib/sandboxcontainer/a/root/etc/${name}", O_WRONLY|O_CREAT) = 4`,
    ),
    "12 fsync(4</var/lib/sandboxcontainer/a/state.json.new-17>) = 0",
  ].join("\n");
  const kept = chooseByPlace(readTrace(trace), (count) => count - 2);
  assert.deepEqual(
    kept.map(({ name, ordinal }) => `${name} ${ordinal}`),
    ["openat 1", "openat 2", "openat 5", "openat 6", "fsync 1"],
  );
});

test("what is written, and numbers, do not tell places apart", () => {
  const placeOfText = (text: string): string => placeOf({ name: /^\w+/.exec(text)?.[0] ?? "", ordinal: 1, text });
  assert.equal(
    placeOfText('write(4</run/a.new-17>, "one", 3) = 3'),
    placeOfText('write(5</run/a.new-18>, "other", 5) = 5'),
  );
  assert.notEqual(placeOfText('unlink("/run/a") = 0'), placeOfText('unlink("/run/b") = 0'));
});
