import assert from "node:assert/strict";
import test from "node:test";
import { allVerbs } from "../../../../helpers/command/all-verbs.ts";
import { planCompletion } from "../../../../helpers/command/completion/complete-line.ts";
import { listOptions } from "../../../../helpers/command/verb.ts";

const verbs = allVerbs.map((verb) => ({ ...verb, options: listOptions(verb) }));
const plan = (...line: readonly string[]) => planCompletion(verbs, line);
const words = (...line: readonly string[]) => plan(...line).words.map(({ word }) => word);

test("first comes a verb: all that the command has but the one that completes", () => {
  const all = words("st");
  for (const verb of ["create", "start", "list", "execute"]) assert.ok(all.includes(verb), verb);
  assert.ok(!all.includes("complete"));
});

test("a verb is followed by a sandbox's name, as often as it takes one", () => {
  assert.equal(plan("show", "").kind, "sandbox");
  assert.equal(plan("start", "web1", "").kind, "sandbox");
  assert.equal(plan("clone", "").kind, "sandbox");
  assert.equal(plan("rename", "web1", "").kind, "any");
});

test("what begins with a dash is completed to the options of the verb", () => {
  assert.ok(words("create", "web1", "--").includes("--unit"));
  assert.ok(!words("show", "-").includes("--unit"));
});

test("an option's value is of its kind, and no place is taken by it", () => {
  assert.equal(plan("create", "web1", "--unit", "").kind, "unit");
  assert.equal(plan("create", "web1", "-u", "").kind, "unit");
  assert.equal(plan("copy-to", "--json", "").kind, "sandbox");
  assert.equal(plan("copy-to", "web1", "").kind, "file");
});

test("a snapshot is one of the sandbox before it, and a new one has any name", () => {
  assert.deepEqual(plan("rollback", "web1", "--json", "be"), { words: [], kind: "snapshot", given: ["web1"] });
  assert.equal(plan("delete-snapshot", "web1", "").kind, "snapshot");
  assert.equal(plan("snapshot", "web1", "").kind, "any");
});

test("settings and networks are completed where they are words of the line", () => {
  assert.deepEqual(plan("set", "web1", "Image=", "Net"), { words: [], kind: "assignment", given: ["web1", "Image="] });
  assert.equal(plan("create", "web1", "--set", "").kind, "assignment");
  assert.equal(plan("create", "web1", "--network", "").kind, "network");
});

test("behind -- and behind an unknown verb there are files", () => {
  assert.equal(plan("create", "clock", "--", "/usr/bin/sl").kind, "file");
  assert.equal(plan("nope", "").kind, "file");
});
