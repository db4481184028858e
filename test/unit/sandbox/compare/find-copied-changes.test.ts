import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after } from "node:test";
import { findCopiedChanges } from "../../../../helpers/sandbox/compare/find-changes.ts";
import { directory, fakeHost, file } from "../manifest/fake-host.ts";

const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
after(() => {
  rmSync(top, { recursive: true });
});

const [old, later] = [1_000_000, 2_000_000];
const copied = { path: "/srv/shop", from: "/data/shop", at: 1_500_000_000 };

/** Makes a tree of files with their times; a path that ends in a slash is a folder. Folders come after their content. */
function makeTree(entries: Readonly<Record<string, number>>): string {
  const tree = mkdtempSync(join(top, "tree-"));
  for (const [path, time] of Object.entries(entries)) {
    const at = join(tree, path);
    if (path.endsWith("/")) mkdirSync(at, { recursive: true });
    else {
      mkdirSync(dirname(at), { recursive: true });
      writeFileSync(at, "");
    }
    utimesSync(at, time, time);
  }
  return tree;
}

const describe = (...args: Parameters<typeof findCopiedChanges>): readonly string[] =>
  findCopiedChanges(...args).map(({ path, inside: { state } }) => `${state} ${path}`);

test("what was modified after the copy is changed, or added if the host does not have it", () => {
  const host = fakeHost({ "/data/shop/a": file(), "/data/shop/b": file(), "/data/shop/sub": directory() });
  const tree = makeTree({
    ...{ "/srv/shop/a": old, "/srv/shop/b": later, "/srv/shop/gone-on-host": old, "/srv/shop/new/x": later },
    ...{ "/srv/shop/new/": later, "/srv/shop/sub/y": later, "/srv/shop/sub/": later, "/srv/shop/": later },
  });
  assert.deepEqual(describe(tree, host, copied).toSorted(), [
    ...["added /srv/shop/new", "added /srv/shop/sub/y", "changed /srv/shop/b"],
  ]);
});

test("what was removed shows as a change of its folder", () => {
  const host = fakeHost({ "/data/shop/sub/x": file() });
  const sub = makeTree({ "/srv/shop/sub/": later, "/srv/shop/": old });
  assert.deepEqual(describe(sub, host, copied), ["changed /srv/shop/sub"]);
  assert.deepEqual(describe(makeTree({ "/srv/shop/": later }), host, copied), ["changed /srv/shop"]);
  assert.deepEqual(describe(makeTree({ "/srv/shop/": old }), host, copied), []);
});

test("a link in place of the folder is not followed, and the number of looks is limited", () => {
  const tree = makeTree({ "/srv/": old });
  symlinkSync("/usr", join(tree, "/srv/shop"));
  assert.deepEqual(describe(tree, fakeHost({}), { ...copied, at: Date.now() + 60_000 }), []);
  const many = makeTree({ "/srv/shop/a": old, "/srv/shop/b": old, "/srv/shop/": old });
  assert.deepEqual(describe(many, fakeHost({}), copied, 2), []);
  assert.deepEqual(describe(many, fakeHost({}), copied, 1), ["more /srv/shop"]);
});
