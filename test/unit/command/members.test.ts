import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseMember, type Seen } from "../../../helpers/archive/members.ts";

const refuse = (seen: Seen, path: string, type = "0", linkTarget = ""): string | undefined =>
  refuseMember(
    { path: Buffer.from(path), type, mode: 0o644, size: 0, mtime: 0, linkTarget: Buffer.from(linkTarget) },
    seen,
  );
const begun = (): Seen =>
  new Map([
    ["root", "folder"],
    ["root/etc", "folder"],
    ["root/etc/file", "other"],
    ["root/etc/link", "other"],
  ]);

test("what export writes is taken", () => {
  const seen: Seen = new Map();
  for (const [path, type] of [
    ["sandboxcontainer.json", "0"],
    ["conf", "0"],
    ["conf.d/", "5"],
    ["conf.d/10-more.conf", "0"],
    ["manifest.json", "0"],
    ["bases.json.gz", "0"],
    ["state.json", "0"],
    ["root/", "5"],
    ["root/bin", "2"],
    ["root/etc/", "5"],
    ["root/etc/a b\n", "0"],
    ["root/etc/fifo", "6"],
  ] as const)
    assert.equal(refuse(seen, path, type, "usr/bin"), undefined, path);
  assert.equal(refuse(seen, "root/etc/hard", "1", "root/etc/a b\n"), undefined);
});

test("no path leads out of the archive", () => {
  for (const path of [
    "/etc/passwd",
    "../x",
    "root/../../x",
    "root/..",
    "..",
    "root//x",
    "./conf",
    "",
    "root/./x",
    "root/a\0b",
  ])
    assert.match(refuse(begun(), path) ?? "", /leads out/, JSON.stringify(path));
});

test("what is no part of a sandbox is refused, and a device anywhere", () => {
  for (const path of [
    "populated-1",
    "start/domain.xml",
    "root.img",
    "conf.d/x",
    "conf.d/.x.conf",
    "conf.d/a/b.conf",
    "ids",
  ])
    assert.match(refuse(begun(), path) ?? "", /no part of a sandbox/, path);
  for (const type of ["3", "4"]) assert.match(refuse(begun(), "root/etc/null", type) ?? "", /device/);
  for (const type of ["7", "S", "L", "V", "D"]) assert.match(refuse(begun(), "root/etc/x", type) ?? "", /unknown kind/);
  for (const type of ["1", "2", "5", "6"])
    assert.match(refuse(begun(), "conf", type, "root/etc/file") ?? "", /wrong kind/);
  assert.match(refuse(new Map(), "root", "2", "/") ?? "", /wrong kind/);
});

test("nothing goes through a link, or in the place of what came before", () => {
  assert.match(refuse(begun(), "root/etc/link/passwd") ?? "", /did not come before/);
  assert.match(refuse(begun(), "root/srv/file") ?? "", /did not come before/);
  assert.match(refuse(begun(), "root/etc", "2", "/") ?? "", /twice/);
  assert.match(refuse(begun(), "root/etc/file") ?? "", /twice/);
});

test("a hard link leads to a file of the root that came before", () => {
  for (const target of ["/etc/shadow", "../../etc/shadow", "root/../../x", "conf", "root/etc", "root/later", ""])
    assert.match(refuse(begun(), "root/etc/hard", "1", target) ?? "", /hard link/, target);
});
