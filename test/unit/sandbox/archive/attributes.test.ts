import assert from "node:assert/strict";
import { test } from "node:test";
import { dialect, readAttributes, readRealSize } from "../../../../helpers/sandbox/archive/attributes.ts";
import { EarlyEnd, readTar } from "../../../../helpers/sandbox/copy/read-tar.ts";
import { parseTarHeader, type TarHeader } from "../../../../helpers/sandbox/copy/tar-header.ts";
import { inPieces, makeMember } from "../copy/archive.ts";

const header = (type: string, attributes: Readonly<Record<string, string>>, mode = 0o640): TarHeader => ({
  ...parseTarHeader(makeMember({ path: "x", type, mode })),
  attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, Buffer.from(value, "latin1")])),
});
/** Reads attributes as texts, with the bytes of an ACL in hexadecimal. */
function read(type: string, attributes: Readonly<Record<string, string>>, mode?: number): unknown {
  const all = readAttributes(header(type, attributes, mode));
  if (typeof all === "string") return all;
  return all.map(({ name, value }) => [
    name.toString("latin1"),
    value.toString(name.includes("acl") ? "hex" : "latin1"),
  ]);
}
const acl = "user::rw-\ngroup::r--\nother::---";
const value = "0200000001000600ffffffff04000400ffffffff20000000ffffffff";

test("an attribute gets its own name back, and an ACL the kernel's", () => {
  const note = { "SCHILY.xattr.user.%3D=%253D": "\xff\0" };
  const access = { "SCHILY.acl.access": acl };
  const byDefault = { "SCHILY.acl.default": acl.replace("---", "r--") };
  const [named, listed] = [
    ["user.==%3D", "\xff\0"],
    ["system.posix_acl_access", value],
  ];
  assert.deepEqual(read("0", { path: "x", mtime: "1", ...note, ...access }, 0o4640), [named, listed]);
  assert.deepEqual(read("0", { "SCHILY.xattr.security.capability": "x" }), [["security.capability", "x"]]);
  assert.deepEqual(read("6", access), [listed]);
  assert.deepEqual(read("5", { ...note, ...access, ...byDefault }), [
    named,
    listed,
    ["system.posix_acl_default", value.replace(/20000000(f+)$/, "20000400$1")],
  ]);
  for (const type of ["1", "2", "6"]) assert.deepEqual(read(type, { path: "x" }), []);
});

test("A1: an attribute that its file cannot have is refused", () => {
  const [note, access] = [{ "SCHILY.xattr.user.x": "x" }, { "SCHILY.acl.access": acl }];
  for (const type of ["1", "2", "6"]) assert.match(String(read(type, note)), /cannot have extended attributes/);
  for (const type of ["1", "2"]) assert.match(String(read(type, access)), /cannot have an ACL/);
  assert.match(String(read("5", { "SCHILY.xattr.security.capability": "x" })), /cannot have extended attributes/);
  const lies = [
    read("0", access, 0o644),
    read("5", access, 0o600),
    read("0", { "SCHILY.acl.access": `${acl}\n` }),
    read("5", { "SCHILY.acl.default": "" }),
    read("0", { "SCHILY.acl.default": acl }),
    read("6", { "SCHILY.acl.default": acl }),
  ];
  for (const lie of lies) assert.match(String(lie), /its ACL is malformed, or does not fit this file/);
});

test("A1: no attributes are known but those that export's tar writes", () => {
  const sparse = ["major", "minor", "name", "realsize"].map((each) => `GNU.sparse.${each}`);
  const names = ["user.x", "user.\xff\n", "user.%25%3D", `user.${"n".repeat(250)}`, `user.${"%3D".repeat(250)}`];
  const xattrs = [...names, "security.capability"].map((each) => `SCHILY.xattr.${each}`);
  const acls = ["SCHILY.acl.access", "SCHILY.acl.default"];
  for (const key of ["path", "linkpath", "size", "mtime", "atime", "ctime", ...sparse, ...xattrs, ...acls])
    assert.ok(dialect.knows(key), key);
  const wrong = ["user.", "user.a\0", "user.%", "user.a%2F", "x.user.a", "security.capability2", "trusted.x"];
  const long = [`user.${"n".repeat(251)}`, `user.${"%3D".repeat(251)}`];
  const others = ["", "uid", "comment", "toString", "SCHILY.acl.", "GNU.sparse.map", "SCHILY.other.user.x"];
  for (const key of [...[...wrong, ...long].map((each) => `SCHILY.xattr.${each}`), ...others])
    assert.ok(!dialect.knows(key), key);
});

test("A1: attributes of more than a megabyte are refused before they are read", async () => {
  const claim = (size: number) => readTar(inPieces(makeMember({ path: "x", type: "x", size }), 512), dialect).next();
  await assert.rejects(claim(2 ** 20 + 1), /too many attributes/);
  await assert.rejects(claim(2 ** 20), EarlyEnd);
});

test("A1: the size of a file with holes is a number in the one known format", () => {
  const of = (type: string, more: Readonly<Record<string, string | undefined>>): number | string | undefined => {
    const keys: Readonly<Record<string, string | undefined>> = {
      ...{ major: "1", minor: "0", name: "x", realsize: "9" },
      ...more,
    };
    const known = Object.entries(keys).filter((each): each is [string, string] => each[1] !== undefined);
    return readRealSize(header(type, Object.fromEntries(known.map(([key, text]) => [`GNU.sparse.${key}`, text]))));
  };
  const none = { major: undefined, minor: undefined, name: undefined, realsize: undefined };
  assert.equal(of("0", none), undefined);
  for (const size of ["0", "9", "10", "9".repeat(15)]) assert.equal(of("0", { realsize: size }), Number(size));
  const wrong = ["", "-1", "09", "9x", "x9", "1e3", "9".repeat(16)].map((realsize) => of("0", { realsize }));
  const other = [of("5", {}), of("0", { major: "2" }), of("0", { minor: "1" })];
  const parts = ["major", "minor", "name", "realsize"];
  const missing = parts.map((key) => of("0", { [key]: undefined }));
  const alone = parts.map((key) => of("0", { ...none, [key]: "1" }));
  for (const each of [...wrong, ...other, ...missing, ...alone])
    assert.equal(each, "its holes are in an unknown format");
});
