import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { findObstacle } from "../../../../helpers/sandbox/tree/look-up.ts";
import { makeTemporary } from "../populate/temporary.ts";

test("the first part of a path that is no folder is found, and no link is followed", (context) => {
  const tree = makeTemporary(context);
  mkdirSync(join(tree, "etc/folder"), { recursive: true });
  writeFileSync(join(tree, "etc/file"), "");
  symlinkSync("folder", join(tree, "etc/link"));
  symlinkSync("/", join(tree, "host"));
  const find = (path: string): readonly unknown[] | undefined => {
    const obstacle = findObstacle(tree, path);
    return obstacle && [obstacle.path, obstacle.found?.kind];
  };
  assert.equal(find("/"), undefined);
  assert.equal(find("/etc/folder"), undefined);
  assert.deepEqual(find("/etc/none/more"), ["/etc/none", undefined]);
  assert.deepEqual(find("/etc/file/more"), ["/etc/file", "file"]);
  assert.deepEqual(find("/etc/link"), ["/etc/link", "link"]);
  assert.deepEqual(find("/host/etc"), ["/host", "link"]);
});
