import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after } from "node:test";
import type { Change } from "../../../../helpers/sandbox/compare/find-changes.ts";
import { findMade, isRoutine, listRoutine } from "../../../../helpers/sandbox/compare/routine.ts";
import { fakeHost, file } from "../manifest/fake-host.ts";

const tree = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
after(() => {
  rmSync(tree, { recursive: true });
});

const put = (path: string, text = ""): void => {
  mkdirSync(dirname(join(tree, path)), { recursive: true });
  writeFileSync(join(tree, path), text);
};
const host = fakeHost({
  "/usr/lib/tmpfiles.d/a.conf": file("d /var/lib/pods/storage/tmp 0700\nL+ /etc/link - - - - x\nf /var/log/empty\n"),
  "/usr/lib/tmpfiles.d/README": file("d /var/lib/readme\n"),
});
const routine = listRoutine(host);
const added = (path: string, kind: "directory" | "file" | "link" | "other" = "directory"): Change => ({
  ...{ path, inside: { state: "added", kind }, host: undefined },
});

test("a line that makes something tells its path, one that changes or removes something does not", () => {
  const text = `d /var/lib/a 0755 root root -
D! /var/lib/b/
  L+ /etc/c - - - - target
f^ "/root/d" :0600
q= %S/e
d %L/%m/x
d relative
# d /var/lib/comment
x /var/lib/x
z /var/lib/z 0755
e /var/lib/e
r! /var/lib/r`;
  assert.deepEqual(findMade(text), ["/var/lib/a", "/var/lib/b", "/etc/c", "/root/d", "/var/lib/e"]);
});

test("empty folders, links and empty files that tmpfiles.d makes are routine, with the folders that lead to them", () => {
  mkdirSync(join(tree, "var/lib/pods/storage/tmp"), { recursive: true });
  put("/var/log/empty");
  for (const change of [added("/var/lib/pods"), added("/etc/link", "link"), added("/var/log/empty", "file")])
    assert.equal(isRoutine(change, tree, routine), true, change.path);
  for (const path of ["/var/lib/readme", "/var/lib/other"]) assert.equal(isRoutine(added(path), tree, routine), false);
});

test("into which somebody has put something is not", () => {
  put("/var/lib/pods/storage/image", "x");
  assert.equal(isRoutine(added("/var/lib/pods"), tree, routine), false);
  put("/var/log/empty", "a line\n");
  assert.equal(isRoutine(added("/var/log/empty", "file"), tree, routine), false);
  assert.equal(isRoutine(added("/etc/link", "other"), tree, routine), false);
});

test("systemd's own files are, with whatever is in them, and another change is never", () => {
  put("/etc/.updated", "time");
  put("/var/cache/ldconfig/aux-cache", "x");
  assert.equal(isRoutine(added("/etc/.updated", "file"), tree, routine), true);
  assert.equal(isRoutine(added("/var/cache/ldconfig"), tree, routine), true);
  assert.equal(isRoutine(added("/var/cache/ldconfig/aux-cache", "file"), tree, routine), true);
  const changed = (path: string): Change => ({
    path,
    inside: { state: "changed", aspects: ["content"] },
    host: undefined,
  });
  assert.equal(isRoutine(changed("/etc/.updated"), tree, routine), true);
  assert.equal(isRoutine(changed("/etc/link"), tree, routine), false);
});

test("a link in place of such a folder leads nowhere", () => {
  mkdirSync(join(tree, "var/lib/dpkg"), { recursive: true });
  symlinkSync("/usr", join(tree, "var/lib/dpkg/link"));
  assert.equal(isRoutine(added("/var/lib/dpkg"), tree, routine), false);
});
