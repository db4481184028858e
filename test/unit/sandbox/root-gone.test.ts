import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { imageFile, stateDirectory } = await import("../../../base/paths.ts");
const { describeLost, findLost, isTreeGone } = await import("../../../helpers/sandbox/root-gone.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

test("a tree is gone if it is removed or emptied", () => {
  const name = parseSandboxName("web");
  const root = join(stateDirectory(name), "root");
  mkdirSync(join(root, "proc"), { recursive: true });
  assert.deepEqual([isTreeGone(name), findLost(name)], [false, undefined]);
  rmSync(join(root, "proc"), { recursive: true });
  assert.deepEqual([isTreeGone(name), findLost(name)], [true, root]);
  rmSync(root, { recursive: true });
  assert.deepEqual([isTreeGone(name), findLost(name)], [true, root]);
});

test("an image that is not mounted is not gone, and one whose file was removed is", () => {
  const name = parseSandboxName("db");
  mkdirSync(join(stateDirectory(name), "image"), { recursive: true });
  symlinkSync("image/root", join(stateDirectory(name), "root"));
  writeFileSync(imageFile(name), "");
  assert.deepEqual([isTreeGone(name), findLost(name)], [false, undefined]);
  rmSync(imageFile(name));
  assert.equal(findLost(name), imageFile(name));
});

test("the ways out begin with a snapshot if there is one", () => {
  const hintOf = (snapshot?: string) => describeLost(parseSandboxName("web"), "/x", snapshot).hint;
  assert.match(hintOf("good") ?? "", /^Go back to a snapshot: .* rollback web good\. Or take it from an archive/);
  assert.match(hintOf() ?? "", /^Take it from an archive: .* import --replace FILE web\. Or begin again/);
});
