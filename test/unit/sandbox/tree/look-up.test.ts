import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import {
  digestOf,
  hasContent,
  lookUpInTree,
  readChunks,
  readFromTree,
} from "../../../../helpers/sandbox/tree/look-up.ts";
import { makeTemporary } from "../populate/temporary.ts";

const contentOf = (text: string) => ({ size: Buffer.byteLength(text), digest: digestOf([Buffer.from(text)]) });

test("a file, a directory and a link are seen as what they are", (context) => {
  const tree = makeTemporary(context);
  mkdirSync(join(tree, "etc"), { mode: 0o750 });
  writeFileSync(join(tree, "etc/file"), "words");
  chmodSync(join(tree, "etc/file"), 0o4711);
  symlinkSync("/etc/shadow", join(tree, "etc/link"));
  assert.equal(lookUpInTree(tree, "/etc")?.kind, "directory");
  const { kind, mode, size } = lookUpInTree(tree, "/etc/file") ?? {};
  assert.deepEqual({ kind, mode, size }, { kind: "file", mode: 0o4711, size: 5 });
  const link = lookUpInTree(tree, "/etc/link");
  assert.equal(link?.kind === "link" ? link.target : link, "/etc/shadow");
  assert.equal(lookUpInTree(tree, "/etc/none"), undefined);
  assert.equal(readFromTree(tree, "/etc/file", 5)?.toString(), "words");
  assert.ok(hasContent(tree, "/etc/file", contentOf("words")));
  assert.ok(!hasContent(tree, "/etc/file", contentOf("World")));
});

test("nothing is read through a link, be it the file or a directory on the way", (context) => {
  const top = makeTemporary(context);
  const tree = join(top, "root");
  mkdirSync(join(top, "host"));
  writeFileSync(join(top, "host/secret"), "secret");
  mkdirSync(tree);
  symlinkSync(join(top, "host"), join(tree, "absolute"));
  symlinkSync("../host", join(tree, "relative"));
  symlinkSync("../host/secret", join(tree, "file"));
  for (const path of ["/absolute/secret", "/relative/secret", "/file"]) {
    assert.equal(readFromTree(tree, path, 1000), undefined);
    assert.ok(!hasContent(tree, path, contentOf("secret")));
  }
  assert.equal(lookUpInTree(tree, "/absolute/secret"), undefined);
});

test("a fifo does not hang, a huge file is not read", { timeout: 10_000 }, (context) => {
  const tree = makeTemporary(context);
  execFileSync("mkfifo", [join(tree, "fifo")]);
  writeFileSync(join(tree, "huge"), "");
  truncateSync(join(tree, "huge"), 2 ** 42);
  assert.equal(readFromTree(tree, "/fifo", 1000), undefined);
  assert.equal(lookUpInTree(tree, "/fifo")?.kind, "other");
  assert.equal(readFromTree(tree, "/huge", 1000), undefined);
  assert.ok(!hasContent(tree, "/huge", contentOf("small")));
});

test("of a file that has grown or shrunk meanwhile, no more is read than it had, and no more than it has", (context) => {
  const path = join(makeTemporary(context), "file");
  writeFileSync(path, "0123456789");
  const read = (size: number): string => {
    const file = openSync(path, "r");
    try {
      return Buffer.concat([...readChunks(file, size)]).toString();
    } finally {
      closeSync(file);
    }
  };
  assert.deepEqual([read(0), read(4), read(10), read(20)], ["", "0123", "0123456789", "0123456789"]);
});
