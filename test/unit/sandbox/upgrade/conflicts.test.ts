import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { rootTree, stateDirectory } = await import("../../../../base/paths.ts");
const { addConflicts, forgetConflicts, parseConflicts, readConflicts } =
  await import("../../../../helpers/sandbox/upgrade/decide.ts");

const name = parseSandboxName("web1");
const file = join(stateDirectory(name), "conflicts.json");
const conflict = (path: string) => ({ path, beside: `${path}.dpkg-dist` });
const put = (path: string, text: string): void => {
  writeFileSync(join(rootTree(name), path), text);
};

after(() => {
  rmSync(top, { recursive: true, force: true });
});

test("a conflict lasts until the version beside it is gone or the same, or the host's is taken", () => {
  mkdirSync(join(rootTree(name), "etc"), { recursive: true });
  assert.deepEqual(readConflicts(name), []);
  for (const each of ["a", "b", "c"]) {
    put(`etc/${each}`, "mine");
    put(`etc/${each}.dpkg-dist`, "host's");
  }
  addConflicts(name, [conflict("/etc/b")]);
  addConflicts(name, [conflict("/etc/c"), conflict("/etc/a"), conflict("/etc/b")]);
  assert.deepEqual(readConflicts(name), ["/etc/a", "/etc/b", "/etc/c"].map(conflict));
  rmSync(join(rootTree(name), "etc/a.dpkg-dist"));
  put("etc/b", "host's");
  assert.deepEqual(readConflicts(name), [conflict("/etc/c")]);
  forgetConflicts(name, ["/etc/other"]);
  assert.deepEqual(readConflicts(name), [conflict("/etc/c")]);
  forgetConflicts(name, ["/etc/c"]);
  assert.deepEqual([readConflicts(name), existsSync(file)], [[], false]);
});

test("without its tree, as in an image that is not mounted, a conflict is not resolved", () => {
  addConflicts(name, [conflict("/etc/a")]);
  rmSync(rootTree(name), { recursive: true });
  writeFileSync(file, JSON.stringify([conflict("/etc/a")]));
  assert.deepEqual(readConflicts(name), [conflict("/etc/a")]);
});

test("a damaged record has no conflicts", () => {
  for (const text of ["", "{}", "null", '[1, {"path": "/a"}, {"path": "a", "beside": "/b"}]'])
    assert.deepEqual(parseConflicts(text), [], text);
});
