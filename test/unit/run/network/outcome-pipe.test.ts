import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openOutcome, openPipe } from "../../../../helpers/run/network/outcome-pipe.ts";

let root: string;

before(() => {
  root = mkdtempSync(join(tmpdir(), "outcome-"));
  mkdirSync(join(root, "run/host"), { recursive: true });
  execFileSync("mkfifo", [join(root, "run/host/outcome"), join(root, "elsewhere")]);
  writeFileSync(join(root, "run/host/file"), "");
  symlinkSync("../../elsewhere", join(root, "run/host/link"));
  symlinkSync("run", join(root, "linked"));
});

after(() => {
  rmSync(root, { recursive: true });
});

test("the pipe is opened, though nobody else has it open", () => {
  const pipe = openPipe(root, ["run", "host"], "outcome");
  assert.ok(pipe !== undefined);
  assert.equal(fstatSync(pipe).ino, statSync(join(root, "run/host/outcome")).ino);
  closeSync(pipe);
});

// A6
test("what root inside may have put in its place is not opened: a link, a file, a folder, a link on the way, or nothing", () => {
  for (const name of ["link", "file", "missing"]) {
    assert.equal(openPipe(root, ["run", "host"], name), undefined, name);
  }
  assert.equal(openPipe(root, ["run"], "host"), undefined);
  assert.equal(openPipe(root, ["linked", "host"], "outcome"), undefined);
});

test("a container that has ended has none", () => {
  assert.equal(openOutcome(4194304), undefined);
});
