import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planRename } from "../../../../helpers/command/verbs/rename.ts";

const old = parseSandboxName("web4");
const name = parseSandboxName("shop");
const other = parseSandboxName("web5");
const nothing = { task: undefined, wasDone: false, isConfRenamed: false };

test("a rename does all, or only the root where somebody has renamed the conf by hand", () => {
  assert.equal(planRename(old, name, nothing), "whole");
  assert.equal(planRename(old, name, { ...nothing, isConfRenamed: true }), "root only");
});

test("a killed rename is repeated, also if it had moved the conf", () => {
  const task = { kind: "renaming", old, name } as const;
  assert.equal(planRename(old, name, { ...nothing, task }), "again");
  assert.equal(planRename(old, name, { ...nothing, task, isConfRenamed: true }), "again");
});

test("a killed rename to another name, or another task, is none of this one", () => {
  assert.equal(planRename(old, name, { ...nothing, task: { kind: "renaming", old, name: other } }), "whole");
  assert.equal(planRename(old, name, { ...nothing, task: { kind: "renaming", old: name, name: old } }), "whole");
  assert.equal(planRename(old, name, { ...nothing, task: { kind: "keeping", snapshot: "a" } }), "whole");
});

test("nothing is left of one that was killed when all was done", () => {
  assert.equal(planRename(old, name, { ...nothing, wasDone: true, isConfRenamed: true }), "done");
});
