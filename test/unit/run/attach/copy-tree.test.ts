import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { copyTree } from "../../../../helpers/run/attach/show-image.ts";
import { makeTemporary } from "../../sandbox/populate/temporary.ts";

test("files, folders, links and pipes are copied with their modes, and no link is followed", (context) => {
  const folder = makeTemporary(context);
  const [from, to] = [join(folder, "from"), join(folder, "to")];
  mkdirSync(join(from, "host/empty"), { recursive: true });
  mkdirSync(to);
  writeFileSync(join(from, "host/command"), "words");
  chmodSync(join(from, "host/command"), 0o4750);
  symlinkSync("/etc/passwd", join(from, "host/link"));
  execFileSync("mkfifo", ["--mode=0600", join(from, "host/pipe")]);
  chmodSync(from, 0o1777);
  copyTree(from, to);
  assert.equal(readFileSync(join(to, "host/command"), "utf8"), "words");
  assert.equal(readlinkSync(join(to, "host/link")), "/etc/passwd");
  for (const path of ["", "host", "host/empty", "host/command", "host/link", "host/pipe"]) {
    const [was, is] = [from, to].map((top) => lstatSync(join(top, path)));
    assert.deepEqual([is?.mode, is?.uid, is?.gid], [was?.mode, was?.uid, was?.gid], path);
  }
});

test("what is there already is not written through", (context) => {
  const folder = makeTemporary(context);
  const [from, to, other] = [join(folder, "from"), join(folder, "to"), join(folder, "other")];
  for (const each of [from, to]) mkdirSync(each);
  writeFileSync(join(from, "file"), "new");
  writeFileSync(other, "old");
  symlinkSync(other, join(to, "file"));
  assert.throws(() => {
    copyTree(from, to);
  }, /EEXIST/);
  assert.equal(readFileSync(other, "utf8"), "old");
});
