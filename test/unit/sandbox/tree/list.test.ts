import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { listInTree } from "../../../../helpers/sandbox/tree/look-up.ts";
import { makeTemporary } from "../populate/temporary.ts";

test("names of any bytes are listed with what they are, but those known already", (context) => {
  const tree = makeTemporary(context);
  mkdirSync(join(tree, "etc/folder"), { recursive: true });
  const odd = Buffer.from([0x62, 0xff]);
  writeFileSync(Buffer.concat([Buffer.from(join(tree, "etc/")), odd]), "");
  writeFileSync(join(tree, "etc/knöwn"), "");
  symlinkSync("nowhere", join(tree, "etc/link"));
  const { names, more } = listInTree(tree, "/etc", new Set(["knöwn"]), 10);
  assert.deepEqual(
    names.map(({ name, kind }) => [name.toString("latin1"), kind]),
    [
      ["b\xff", "file"],
      ["folder", "directory"],
      ["link", "link"],
    ],
  );
  assert.equal(more, false);
  assert.equal(listInTree(tree, "/etc", new Set(), 2).more, true);
});

test("a link to a directory is none, and neither is a file", (context) => {
  const tree = makeTemporary(context);
  symlinkSync("/etc", join(tree, "etc"));
  writeFileSync(join(tree, "file"), "");
  for (const path of ["/etc", "/file", "/none"]) assert.deepEqual(listInTree(tree, path, new Set(), 10).names, []);
});
