import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { stateRoot, unfinishedFile } = await import("../../../../base/paths.ts");
const { draftOf, writeUnfinished, writeUnfinishedIfRoom } =
  await import("../../../../helpers/sandbox/hold/unfinished.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

const name = parseSandboxName("web");

// Every write to /dev/full fails with ENOSPC.
test("on a full disk a task is not recorded, and only one that frees space goes on", () => {
  mkdirSync(stateRoot, { recursive: true });
  symlinkSync("/dev/full", draftOf(name));
  writeUnfinishedIfRoom(name, { kind: "deleting" });
  assert.deepEqual(readdirSync(stateRoot), []);
  symlinkSync("/dev/full", draftOf(name));
  assert.throws(() => {
    writeUnfinished(name, { kind: "deleting" });
  }, /ENOSPC/);
});

test("any other error is one, and with space a task is recorded", () => {
  mkdirSync(draftOf(name), { recursive: true });
  assert.throws(() => {
    writeUnfinishedIfRoom(name, { kind: "deleting" });
  }, /EISDIR/);
  writeUnfinishedIfRoom(name, { kind: "deleting" });
  assert.ok(existsSync(unfinishedFile(name)));
});

test("what a killed export has written goes with its record", () => {
  const [file, beside] = [join(top, "web.tar.zst"), join(top, "web.tar.zst.new-1-1")];
  writeFileSync(beside, "half");
  writeUnfinished(name, { kind: "exporting", file, beside });
  writeUnfinished(name, { kind: "exporting", file, beside });
  assert.ok(existsSync(beside), "its own");
  writeUnfinished(name, { kind: "deleting" });
  assert.ok(!existsSync(beside));
});
