import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { openTextfile } from "../../../../helpers/command/metrics/write-textfile.ts";
import { ownStart } from "../../../../helpers/host/process/processes.ts";

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "textfile-"));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

function write(path: string, text: string): void {
  using file = openTextfile(path);
  file.write(text);
}

test("a file is replaced by another one that everybody may read, and nothing is left beside it", (t) => {
  const folder = makeFolder(t);
  const path = join(folder, "a.prom");
  write(path, "one\n");
  const { ino } = statSync(path);
  write(path, "two\n");
  assert.equal(readFileSync(path, "utf8"), "two\n");
  assert.notEqual(statSync(path).ino, ino, "node_exporter may be reading the first one");
  assert.equal(statSync(path).mode & 0o777, 0o644);
  assert.deepEqual(readdirSync(folder), ["a.prom"]);
});

test("what a killed run has left goes, and nothing else", (t) => {
  const folder = makeFolder(t);
  const others = [".a.prom.new-x-1", ".b.prom.new-1-0", "a.prom.new-1-0"];
  for (const name of [...others, ".a.prom.new-4194305-1"]) writeFileSync(join(folder, name), "");
  write(join(folder, "a.prom"), "");
  assert.deepEqual(readdirSync(folder).sort(), [...others, "a.prom"].sort());
});

test("a link in place of the file is replaced, and where it leads nothing changes", (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, "other"), "other");
  symlinkSync("other", join(folder, "a.prom"));
  write(join(folder, "a.prom"), "text");
  assert.equal(readFileSync(join(folder, "other"), "utf8"), "other");
  assert.equal(readFileSync(join(folder, "a.prom"), "utf8"), "text");
});

test("a link that somebody has put in place of the new file is not followed", (t) => {
  const folder = makeFolder(t);
  writeFileSync(join(folder, "other"), "other");
  symlinkSync("other", join(folder, `.a.prom.new-${process.pid}-${ownStart()}`));
  assert.throws(() => {
    write(join(folder, "a.prom"), "text");
  }, /EEXIST/);
  assert.equal(readFileSync(join(folder, "other"), "utf8"), "other");
  write(join(folder, "a.prom"), "text");
  assert.deepEqual(readdirSync(folder).sort(), ["a.prom", "other"]);
});

test("a folder that is exchanged for a link after it was opened is still the one that is written in", (t) => {
  const folder = makeFolder(t);
  for (const name of ["there", "elsewhere"]) mkdirSync(join(folder, name));
  using file = openTextfile(join(folder, "there/a.prom"));
  rmSync(join(folder, "there"), { recursive: true });
  symlinkSync("elsewhere", join(folder, "there"));
  assert.throws(() => {
    file.write("text");
  });
  assert.deepEqual(readdirSync(join(folder, "elsewhere")), []);
});

test("no folder, a link to one, a file, and a name that node_exporter does not read are refused in words", (t) => {
  const folder = makeFolder(t);
  mkdirSync(join(folder, "there"));
  symlinkSync("there", join(folder, "link"));
  writeFileSync(join(folder, "file"), "");
  const refused: readonly (readonly [path: string, said: RegExp])[] = [
    ["missing/a.prom", /missing does not exist$/],
    ["link/a.prom", /link is not a folder$/],
    ["file/a.prom", /file is not a folder$/],
    ["there/a.txt", /does not end in \.prom/],
    ["there/.prom", /does not end in \.prom/],
  ];
  for (const [path, said] of refused)
    assert.throws(
      () => openTextfile(join(folder, path)),
      (error) => error instanceof SandboxError && said.test(error.message),
    );
});
