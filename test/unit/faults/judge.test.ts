import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, type Observed, readObserved } from "../../faults/calls/judge.ts";

const after = "/etc/sandboxcontainer/web1.conf f 644 0";
const failed: Observed = {
  ...{ status: 1, stderr: "EIO: i/o error, fsync '/etc/x'", hits: "7 fsync(8</etc/x>) = -1 EIO (INJECTED)" },
  ...{ isSame: true, state: "", again: { status: 0, stderr: "" }, end: after },
};

test("a verb that fails, changes nothing, and then succeeds is right", () => {
  assert.deepEqual(judge(failed, after), []);
});

test("so is one that does all in spite of the fault, and one that was killed and then does all", () => {
  assert.deepEqual(judge({ ...failed, status: 0, stderr: "", state: after, isSame: false, again: null }, after), []);
  assert.deepEqual(judge({ ...failed, status: 137, stderr: "", state: "/half", isSame: false }, after), []);
});

test("what is half done is right only if the message says so", () => {
  const half = { ...failed, isSame: false, state: "/half f 644 0" };
  assert.match(judge(half, after).join(), /^it is half done: -\/etc.* \+\/half/);
  assert.deepEqual(judge({ ...half, stderr: "/x. Sandbox a is incomplete now." }, after), []);
});

test("that mount(8) waits for ever for a map that was refused is not ours", () => {
  const hits = '7 write(5</proc/9/gid_map>, "0 1 1\\n", 6) = -1 ENOSPC (INJECTED)';
  assert.deepEqual(judge({ ...failed, status: 124, hits }, after), []);
});

test("that the runtime ends without its threads is not ours", () => {
  const hits = "7 clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x7f}, 88) = -1 EAGAIN (INJECTED)";
  assert.deepEqual(judge({ ...failed, stderr: "panic(main thread)", hits }, after), []);
});

test("silence is no fault of a message that could not be written", () => {
  const hits = '7 write(2<pipe:[9]>, "/x cannot be locked"..., 98) = -1 ENOSPC (INJECTED)';
  assert.deepEqual(judge({ ...failed, stderr: "", hits }, after), []);
});

test("silence, a stack, nothing to go by, no end and no second time are wrong", () => {
  const wrong = (change: Partial<Observed>): string => judge({ ...failed, ...change }, after).join();
  assert.match(wrong({ stderr: "" }), /says nothing/);
  assert.match(wrong({ stderr: "Error: /x\n    at f (/x.js:1:2)" }), /a stack/);
  assert.match(wrong({ stderr: "it failed" }), /names nothing/);
  assert.match(wrong({ status: 124 }), /does not end/);
  assert.match(wrong({ again: { status: 1, stderr: "taken" } }), /again it fails: taken/);
  assert.match(wrong({ end: "" }), /in the end/);
  assert.match(wrong({ status: 0, again: null }), /says that all is done/);
});

test("a file that could not be removed may stay if the message names it", () => {
  const left = `${after}\n/run/.held f 644 0`;
  const done = { ...failed, status: 0, hits: '7 unlink("/run/.held") = -1 EIO (INJECTED)', state: left, end: left };
  assert.deepEqual(judge({ ...done, stderr: "cannot remove '/run/.held'", again: null }, after), []);
  assert.match(judge({ ...done, stderr: "", again: null }, after).join(), /\+\/run\/\.held/);
  const folder = `${after}\n/run/old d 710 0`;
  const hits = '7 rmdir("/run/old") = -1 EIO (INJECTED)';
  assert.deepEqual(judge({ ...done, hits, state: folder, end: folder, stderr: "", again: null }, after), []);
  // The message is about a file of before, which is there again in the end.
  assert.deepEqual(
    judge({ ...failed, stderr: `cannot remove '${after.replace(/ .*/, "")}'`, hits: done.hits }, after),
    [],
  );
});

test("what was begun and could not be removed may stay until the same command comes again", () => {
  const begun = "/var/lib/sandboxcontainer/.new-1-2-x";
  const flags = "O_RDONLY|O_NOCTTY|O_NONBLOCK|O_NOFOLLOW|O_CLOEXEC|O_DIRECTORY";
  const left = `${begun} d 700 0\n${begun}/root d 755 ids`;
  const unopened = { ...failed, isSame: false, state: left };
  const refused = [`openat(AT_FDCWD</>, "${begun}", ${flags})`, `openat(4<${begun}/root>, "etc", ${flags})`];
  for (const call of [...refused, `getdents64(4<${begun}/root>, 0x3b, 8192)`]) {
    const hits = `7 ${call} = -1 EIO (INJECTED)`;
    assert.deepEqual(judge({ ...unopened, hits }, after), []);
    assert.match(judge({ ...unopened, hits, end: `${after}\n${left}` }, after).join(), /^in the end/);
  }
  assert.match(judge(unopened, after).join(), /half done/);
});

test("the sections of an attempt are read", () => {
  const text =
    "== status\n1\n== stderr\ntwo\nlines\n== hits\nh\n== digest\nsame\n== state\na\n== again\n0\n== again-stderr\n\n== end\nb\n";
  assert.deepEqual(readObserved(text), {
    ...{ status: 1, stderr: "two\nlines", hits: "h", isSame: true, state: "a" },
    ...{ again: { status: 0, stderr: "" }, end: "b" },
  });
  assert.equal(readObserved("== status\n0\n== end\nb\n").again, null);
});
