import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAcl } from "../../../../helpers/sandbox/archive/attributes.ts";

const named = "user::rwx\nuser:33:r--\ngroup::--x\nmask::r-x\nother::--x";

const fromHex = (value: string): Buffer => Buffer.from(value.replaceAll(" ", ""), "hex");

test("an ACL is what setxattr(2) takes", () => {
  const value = "02000000 01000700ffffffff 0200040021000000 04000100ffffffff 10000500ffffffff 20000100ffffffff";
  assert.deepEqual(parseAcl(named), { value: fromHex(value), mode: 0o751 });
  const groups = "user::rwx\ngroup::r-x\ngroup:5:rwx\ngroup:65535:---\nmask::rw-\nother::---";
  const [own, mask] = ["01000700ffffffff 04000500ffffffff", "10000600ffffffff 20000000ffffffff"];
  const listed = fromHex(`02000000 ${own} 0800070005000000 08000000ffff0000 ${mask}`);
  assert.deepEqual(parseAcl(groups), { value: listed, mode: 0o760 });
  assert.equal(parseAcl("user::rw-\ngroup::r--\nother::---")?.mode, 0o640);
});

test("A1: what is not written as tar writes it is no ACL", () => {
  const wrong = [
    ...[
      "",
      "\n",
      named.slice(0, -1),
      `${named}\n`,
      `\n${named}`,
      `x${named}`,
      named.replace("33", "033"),
      named.replace("33", "65536"),
      named.replace("33", "www-data"),
    ],
    ...[
      named.replace("r--", "4"),
      named.replace("r--", "rwX"),
      named.replace("mask::r-x\n", ""),
      named.replace("other::", "other:1:"),
      named.replace("mask::", "mask:1:"),
    ],
    ...[
      named.replace("user::rwx\n", ""),
      named.replace("group::--x\n", ""),
      named.replace("\nother::--x", ""),
      "user::rwx\ngroup::r-x\ngroup:5:rwx\nother::---",
      named.replace("user::rwx\nuser:33:r--", "user:33:r--\nuser::rwx"),
      named.replace("user:33:r--", "user:33:r--\nuser:33:rwx"),
      `${named}\nother::rwx`,
    ],
    ...["other::--x\ngroup::--x\nuser::rwx", "user::rwx,group::r-x,other::r-x", named.replaceAll("\n", "\r\n")],
  ];
  for (const text of wrong) assert.equal(parseAcl(text), undefined, JSON.stringify(text));
});
