import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { orMissing } from "../../../base/files.ts";

test("a file that is not there, or is a folder, is missing", () => {
  assert.equal(
    orMissing(() => readFileSync("/no/file")),
    undefined,
  );
  assert.equal(
    orMissing(() => readFileSync("/")),
    undefined,
  );
});

test("the file of a process that ends between open and read is missing", async () => {
  const child = spawn("sleep", ["60"]);
  await once(child, "spawn");
  const file = openSync(`/proc/${child.pid ?? 0}/stat`, "r");
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
  assert.equal(
    orMissing(() => readFileSync(file, "utf8")),
    undefined,
  );
  closeSync(file);
});

test("any other error is thrown", () => {
  assert.throws(() => {
    orMissing(() => {
      throw new Error("other");
    });
  });
});
