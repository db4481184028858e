import assert from "node:assert/strict";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { isOccupied, moveMissing } from "../../../../helpers/sandbox/populate/write-tree.ts";
import { makeTemporary } from "./temporary.ts";

/** Fills a folder: text makes a file, `-> x` a link, `/` an empty directory. */
function fill(top: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(top, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    const at = join(top, path);
    mkdirSync(dirname(at), { recursive: true });
    if (content === "/") mkdirSync(at, { recursive: true });
    else if (content.startsWith("-> ")) symlinkSync(content.slice(3), at);
    else writeFileSync(at, content);
  }
  return top;
}

test("what the tree lacks comes in, what it has stays as it is", (context) => {
  const top = makeTemporary(context);
  const tree = fill(join(top, "root"), { "etc/kept": "sandbox", "var/lib/data": "precious" });
  moveMissing(fill(join(top, "new"), { "etc/kept": "host", "etc/added/deep": "new", "var/lib": "/" }), tree);
  assert.equal(readFileSync(join(tree, "etc/kept"), "utf8"), "sandbox");
  assert.equal(readFileSync(join(tree, "etc/added/deep"), "utf8"), "new");
  assert.equal(readFileSync(join(tree, "var/lib/data"), "utf8"), "precious");
});

test("a link to a directory of the host is not followed, and stays", (context) => {
  const top = makeTemporary(context);
  const host = fill(join(top, "host"), { "etc/passwd": "host" });
  const tree = fill(join(top, "root"), { etc: `-> ${join(host, "etc")}`, var: "-> ../host" });
  moveMissing(fill(join(top, "new"), { "etc/shadow": "x", "etc/passwd": "x", "var/etc/evil": "x" }), tree);
  assert.deepEqual(readdirSync(join(host, "etc")), ["passwd"]);
  assert.equal(readFileSync(join(host, "etc/passwd"), "utf8"), "host");
  assert.ok(lstatSync(join(tree, "etc")).isSymbolicLink());
});

test("a link without a target is something the tree has: nothing is made at its end", (context) => {
  const top = makeTemporary(context);
  const tree = fill(join(top, "root"), { "etc/new.conf": `-> ${join(top, "made-on-the-host")}` });
  moveMissing(fill(join(top, "new"), { "etc/new.conf": "x" }), tree);
  assert.equal(existsSync(join(top, "made-on-the-host")), false);
});

test("a file in place of a directory stays", (context) => {
  const top = makeTemporary(context);
  const tree = fill(join(top, "root"), { "etc/nginx": "a file now" });
  moveMissing(fill(join(top, "new"), { "etc/nginx/nginx.conf": "x" }), tree);
  assert.equal(readFileSync(join(tree, "etc/nginx"), "utf8"), "a file now");
});

test("a path is occupied by what is there, and by what stands in its way", (context) => {
  const top = makeTemporary(context);
  const tree = fill(join(top, "root"), { "etc/file": "x", "etc/link": "-> /etc", "var/lib": "/" });
  assert.equal(isOccupied(tree, "/etc/file"), true);
  assert.equal(isOccupied(tree, "/var/lib"), true);
  assert.equal(isOccupied(tree, "/etc/file/below"), true);
  assert.equal(isOccupied(tree, "/etc/link/passwd"), true);
  assert.equal(isOccupied(tree, "/etc/other"), false);
  assert.equal(isOccupied(tree, "/srv/deep/er"), false);
});
