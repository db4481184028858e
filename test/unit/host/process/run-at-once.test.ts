import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { runAtOnce } from "../../../../helpers/host/process/run.ts";

test("a program that succeeds says nothing", () => {
  runAtOnce("sh", ["-c", "echo out; echo warning >&2"], "it cannot be done");
});

test("one that fails is told with its last words and what to do, and one that is missing by its name", () => {
  const failing = (script: string) => (error: unknown) =>
    error instanceof SandboxError && `${error.message}. ${error.hint ?? ""}`.startsWith(script);
  assert.throws(() => {
    runAtOnce("sh", ["-c", "echo first >&2; echo 'x: No space left on device' >&2; exit 1"], "it cannot be done");
  }, failing("it cannot be done: x: No space left on device. Free some space"));
  assert.throws(() => {
    runAtOnce("sh", ["-c", "kill -9 $$"], "it cannot be done");
  }, failing("it cannot be done: sh failed"));
  assert.throws(() => {
    runAtOnce("no-such-program", [], "it cannot be done");
  }, /no-such-program/);
});
