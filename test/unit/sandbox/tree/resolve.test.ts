import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { resolveInTree } from "../../../../helpers/sandbox/tree/look-up.ts";
import { makeTemporary } from "../populate/temporary.ts";

test("links lead where they lead inside: never out of the tree", (context) => {
  const tree = join(makeTemporary(context), "tree");
  mkdirSync(join(tree, "etc/a"), { recursive: true });
  mkdirSync(join(tree, "srv"));
  writeFileSync(join(tree, "etc/a/file"), "");
  const link = (target: string, path: string): void => {
    symlinkSync(target, join(tree, path));
  };
  link("/etc", "srv/abs");
  link("../etc/a", "srv/rel");
  link("../../../../../etc", "srv/up");
  link("/srv/rel/file", "srv/file");
  link("/nowhere", "srv/broken");
  link("around", "srv/around");
  const path = (text: string, last: "follow" | "keep" = "follow"): string => {
    const at = resolveInTree(tree, text, last);
    return `${at.path} ${at.found?.kind ?? "none"}`;
  };
  assert.equal(path("/"), "/ directory");
  assert.equal(path("/.."), "/ directory");
  assert.equal(path("/srv/abs/a"), "/etc/a directory");
  assert.equal(path("/srv/rel"), "/etc/a directory");
  assert.equal(path("/srv/rel", "keep"), "/srv/rel link");
  assert.equal(path("/srv/up/a/file"), "/etc/a/file file");
  assert.equal(path("/srv/file"), "/etc/a/file file");
  assert.equal(path("/srv/rel/.."), "/etc directory");
  assert.equal(path("/srv/broken"), "/nowhere none");
  assert.equal(path("/srv/broken/x"), "/nowhere/x none");
  assert.equal(path("/srv/file/x/y"), "/etc/a/file/x/y none");
  assert.equal(path("/srv/new"), "/srv/new none");
  assert.throws(() => path("/srv/around"), /too many links/);
});
