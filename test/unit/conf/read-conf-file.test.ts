import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isMaskFile, readConfFile } from "../../../conf/conf-files.ts";
import { makeRoot } from "./roots.ts";

const { path } = makeRoot({ "web.conf": "text", "newline.conf": "\n", "empty.conf": "", "large.conf": "" });
const at = (name: string): string => join(path, name);

test("a file is its text, and no file is undefined", () => {
  assert.equal(readConfFile(at("web.conf")), "text");
  assert.equal(readConfFile(at("none.conf")), undefined);
});

test("an empty file and a link to /dev/null mask", () => {
  symlinkSync("/dev/null", at("null.conf"));
  for (const name of ["null.conf", "empty.conf"]) {
    assert.equal(readConfFile(at(name)), "");
    assert.equal(isMaskFile(at(name)), true);
  }
  assert.equal(readConfFile(at("newline.conf")), "\n");
  for (const name of ["web.conf", "newline.conf"]) assert.equal(isMaskFile(at(name)), false);
  assert.equal(isMaskFile(at("none.conf")), false);
});

test("what is no regular file is refused without opening it", { timeout: 10_000 }, () => {
  mkdirSync(at("folder.conf"));
  symlinkSync("nowhere", at("dangling.conf"));
  symlinkSync("loop.conf", at("loop.conf"));
  symlinkSync("/dev/zero", at("zero.conf"));
  execFileSync("/usr/bin/mkfifo", [at("fifo.conf")]);
  truncateSync(at("large.conf"), 1024 ** 3);
  assert.throws(() => readConfFile(at("folder.conf")), /folder\.conf: this is a folder/);
  assert.throws(() => readConfFile(at("dangling.conf")), /is a broken link/);
  assert.throws(() => readConfFile(at("loop.conf")), /cannot be read \(ELOOP\)/);
  assert.throws(() => readConfFile(at("zero.conf")), /is not a regular file/);
  assert.throws(() => readConfFile(at("fifo.conf")), /is not a regular file/);
  assert.throws(() => readConfFile(at("large.conf")), /is too large/);
  for (const name of ["fifo.conf", "loop.conf"]) assert.equal(isMaskFile(at(name)), false);
});

test("a conf has at most 16 MiB", () => {
  const most = 16 * 1024 ** 2;
  truncateSync(at("large.conf"), most);
  assert.equal(readConfFile(at("large.conf"))?.length, most);
  truncateSync(at("large.conf"), most + 1);
  assert.throws(() => readConfFile(at("large.conf")), /is too large/);
});
