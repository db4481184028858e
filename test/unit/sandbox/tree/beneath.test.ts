import assert from "node:assert/strict";
import { closeSync, mkdirSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import {
  beneath,
  isComponent,
  openBeneath,
  splitPath,
  withDirectory,
} from "../../../../helpers/sandbox/tree/beneath.ts";
import {
  digestOf,
  hasContent,
  listInTree,
  lookUpInTree,
  readFromTree,
} from "../../../../helpers/sandbox/tree/look-up.ts";
import { listOpen } from "../list-open.ts";
import { makeTemporary } from "../populate/temporary.ts";

test("a component is a name that a file can have, also one with dots, and never one that leads elsewhere", () => {
  for (const name of ["a", "a.", "a..", ".a", "..a", "...", " ", "n".repeat(255)])
    assert.equal(isComponent(Buffer.from(name)), true, name);
  for (const name of ["", ".", "..", "/", "a/b", "a\0", "n".repeat(256)])
    assert.equal(isComponent(Buffer.from(name)), false, name);
  assert.equal(beneath(3, "a").toString(), "/proc/self/fd/3/a");
  assert.throws(() => beneath(3, ".."), /not a file's name/);
});

test("a file is no folder to go on from", (context) => {
  const path = join(makeTemporary(context), "file");
  writeFileSync(path, "");
  const file = openSync(path, "r");
  try {
    assert.throws(() => openBeneath(file, []), /ENOTDIR/);
  } finally {
    closeSync(file);
  }
});

test("a path that the sandbox chose has at most as many bytes as the kernel takes", () => {
  const split = (path: string): number | undefined => splitPath(Buffer.from(path))?.length;
  assert.deepEqual(
    [split("a"), split("a/b//"), split("a//b"), split("/a"), split("a/../b")],
    [1, 2, undefined, undefined, undefined],
  );
  assert.equal(split("a/".repeat(2048)), 2048);
  assert.equal(split(`${"a/".repeat(2048)}a`), undefined);
});

test("whatever is read or refused in a tree, nothing stays open", (context) => {
  const tree = makeTemporary(context);
  mkdirSync(join(tree, "etc/folder"), { recursive: true });
  writeFileSync(join(tree, "etc/file"), "words");
  symlinkSync("folder", join(tree, "etc/link"));
  const content = { size: 5, digest: digestOf([Buffer.from("words")]) };
  for (const path of ["/etc", "/etc/file", "/etc/link", "/etc/link/x", "/etc/none", "/none/x", "/etc/file/x"]) {
    listInTree(tree, path, new Set(), 1);
    lookUpInTree(tree, path);
    readFromTree(tree, path, 5);
    hasContent(tree, path, content);
    const components = splitPath(Buffer.from(path.slice(1))) ?? [];
    assert.throws(() => withDirectory(tree, (folder) => openBeneath(folder, [...components, "none"])));
  }
  assert.deepEqual(listOpen(tree), []);
});
