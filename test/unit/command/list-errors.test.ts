import assert from "node:assert/strict";
import test from "node:test";
import { ConfError, ConfErrors, SandboxError } from "../../../base/errors.ts";
import { listErrors } from "../../../helpers/command/list-names.ts";
import { buildProgram, wantsJson } from "../../../helpers/command/program.ts";
import { findMistakes, readErrorShape } from "../../json-shapes.ts";

const unknown = { hint: null, path: null, line: null, key: null };
const mistakesOf = (error: unknown): readonly string[] =>
  findMistakes(
    readErrorShape(),
    JSON.stringify({ errors: listErrors(error) }, (_, value: unknown) => value ?? null),
  );

test("each mistake of a conf is an error with its place, in the form that the page describes", () => {
  const one = new ConfError({ path: "/a.conf", line: 3, key: "Exec" }, "is wrong", "Write /bin/true");
  const other = new ConfError({ path: "/a.conf" }, "is empty");
  const both = new ConfErrors([one, other]);
  assert.deepEqual(listErrors(both), [
    { message: "/a.conf:3: is wrong", hint: "Write /bin/true", path: "/a.conf", line: 3, key: "Exec" },
    { message: "/a.conf: is empty", hint: undefined, path: "/a.conf", line: null, key: null },
  ]);
  assert.deepEqual(mistakesOf(both), []);
});

test("any other failure has a message, and a hint if there is one", () => {
  assert.deepEqual(listErrors(new SandboxError("no", { hint: "Try again" })), [
    { ...unknown, message: "no", hint: "Try again" },
  ]);
  assert.deepEqual(listErrors(new TypeError("a bug")), [{ ...unknown, message: "a bug" }]);
  assert.deepEqual(mistakesOf(new SandboxError("no")), []);
});

test("a verb with --json is known also if the rest of its line is wrong, and not by the words of a command", async () => {
  const asks = async (...words: readonly string[]): Promise<boolean> => {
    const program = buildProgram();
    await program.parseAsync(words, { from: "user" }).catch(() => undefined);
    return wantsJson(program);
  };
  assert.equal(await asks("list", "--json", "surplus"), true);
  assert.equal(await asks("list", "--jsn", "--json"), true);
  assert.equal(await asks("list", "surplus"), false);
  assert.equal(await asks("create", "a b", "--", "/bin/x", "--json"), false);
});
