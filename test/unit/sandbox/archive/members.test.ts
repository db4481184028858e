import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, atBegin, judgeMember, type Order } from "../../../../helpers/sandbox/archive/members.ts";
import type { TarHeader } from "../../../../helpers/sandbox/copy/tar-header.ts";

const header = (path: string | Buffer, type = "0", more: Partial<TarHeader> = {}): TarHeader => ({
  ...{ path: Buffer.from(path), type, mode: 0o644, owner: 0, group: 0, size: 0, mtime: 0 },
  ...{ linkTarget: Buffer.alloc(0), attributes: new Map() },
  ...more,
});
const leading = (to: string): Partial<TarHeader> => ({ linkTarget: Buffer.from(to) });
/** Returns the message for the first member that is refused. The ones before it are accepted. */
function refuse(...members: readonly TarHeader[]): string | undefined {
  let order: Order = atBegin;
  for (const each of members) {
    const member = judgeMember(each);
    if (typeof member === "string") return member;
    const next = advance(order, member, each.type === "5");
    if (typeof next === "string") return next;
    order = next;
  }
  return undefined;
}
const begun = [
  header("root/", "5"),
  header("root/etc/", "5"),
  header("root/etc/file"),
  header("root/etc/link", "2", leading("x")),
];

test("what export writes is taken", () => {
  const members = [
    ...[header("sandboxcontainer.json"), header("conf"), header("conf.d/", "5"), header("conf.d/10-more.conf")],
    ...[
      header("conf.d/é.conf"),
      header("manifest.json"),
      header("bases.json.gz"),
      header("state.json"),
      header("configured"),
    ],
    ...[header("root/", "5"), header("root/bin", "2", leading("usr/bin")), header("root/etc/", "5")],
    ...[
      header("root/etc/a b\n"),
      header("root/etc/fifo", "6"),
      header("root/etc/hard", "1", leading("root/etc/a b\n")),
    ],
    ...[header("root/etc.d"), header("root/srv/", "5")],
  ];
  assert.equal(refuse(...members), undefined);
});

test("a name of any bytes stays as it is", () => {
  const member = judgeMember(header(Buffer.from("root/\xff\n/a", "latin1")));
  assert.deepEqual(member, { part: "root", below: [Buffer.from([0xff, 0x0a]), Buffer.from("a")] });
});

test("A1: no path leads out of the archive", () => {
  const paths = [
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
  ];
  for (const path of [...paths, `root/${"n".repeat(256)}`])
    assert.match(refuse(...begun, header(path)) ?? "", /leads out/, JSON.stringify(path));
});

test("A1: what is no part of a sandbox is refused, and a device anywhere", () => {
  const paths = [
    "populated-1",
    "start/domain.xml",
    "root.img",
    "conf.d/x",
    "conf.d/.x.conf",
    "conf.d/a/b.conf",
    "ids",
    "conf/x",
    "conf/a.conf",
    "conf.d/a.conf/x",
    "conf.d/a.conf.bak",
  ];
  for (const path of [...paths, "snapshots/x", "configure", "manifest.pending.json", "conf.d/\x1b.conf"])
    assert.match(refuse(header(path)) ?? "", /not part of a sandbox/, path);
  assert.match(refuse(header(Buffer.from("conf.d/\xff.conf", "latin1"))) ?? "", /not part of a sandbox/);
  for (const type of ["3", "4"]) assert.match(refuse(...begun, header("root/etc/null", type)) ?? "", /device/);
  for (const type of ["7", "S", "L", "K", "V", "D", "\0"])
    assert.match(refuse(...begun, header("root/etc/x", type)) ?? "", /unknown kind/);
  for (const type of ["1", "2", "6"]) {
    const lie = header("conf", type, leading("root/etc/file"));
    assert.match(refuse(lie) ?? "", /wrong kind/);
  }
  assert.match(refuse(header("root", "2", leading("/"))) ?? "", /wrong kind/);
  // Other programs would take these for another kind, because of a slash or because there is none.
  for (const lie of [header("root", "5"), header("root/"), header("conf/")])
    assert.match(refuse(lie) ?? "", /wrong kind/);
});

test("A1: nothing goes through a link or a file, and a path is there once", () => {
  for (const path of ["root/etc/link/passwd", "root/etc/file/x", "root/srv/file", "root/x/y/z"])
    assert.match(refuse(...begun, header(path)) ?? "", /does not follow the folder/, path);
  assert.match(refuse(...begun, header("root/etc", "2", leading("/"))) ?? "", /occurs twice/);
  assert.match(refuse(...begun, header("root/etc/link")) ?? "", /occurs twice/);
  assert.match(refuse(...begun, header("root/etc/file")) ?? "", /out of order/);
  assert.match(refuse(...begun, header("root/srv/", "5"), header("root/etc/x")) ?? "", /does not follow the folder/);
  assert.match(refuse(...begun, header("conf")) ?? "", /out of order/);
  assert.match(refuse(header("conf"), header("conf")) ?? "", /occurs twice/);
});

test("A1: a hard link leads into the root", () => {
  const targets = ["/etc/shadow", "../../etc/shadow", "root/../../x", "conf", "root", "root/", "root//x", "", "x/y"];
  for (const target of targets)
    assert.match(refuse(...begun, header("root/etc/m", "1", leading(target))) ?? "", /hard link/, target);
  assert.equal(refuse(...begun, header("root/m", "1", leading("root/etc"))), undefined);
});

test("A1: modes, owners and links that no sandbox has are refused", () => {
  const lies: readonly (readonly [Partial<TarHeader>, string, RegExp])[] = [
    [{ mode: 0o100644 }, "0", /its mode/],
    [{ mode: 0o10000 }, "0", /its mode/],
    [{ owner: 65_536 }, "0", /its owner or group/],
    [{ group: 2_097_151 }, "5", /its owner or group/],
    [leading(""), "2", /empty or too long/],
    [leading("x".repeat(4096)), "2", /empty or too long/],
  ];
  for (const [more, type, message] of lies)
    assert.match(refuse(...begun, header(`root/x${type === "5" ? "/" : ""}`, type, more)) ?? "", message);
  assert.equal(refuse(...begun, header("root/x", "0", { mode: 0o7777, owner: 65_535, group: 65_535 })), undefined);
  assert.equal(refuse(...begun, header("root/x", "2", leading("x".repeat(4095)))), undefined);
});
