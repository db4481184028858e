import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { SandboxError } from "../../../../base/errors.ts";
import { writeNewFile } from "../../../../helpers/sandbox/archive/pack.ts";
import { makeTemporary } from "../populate/temporary.ts";

test("a new file is there in one piece, and never replaces one", async (t) => {
  const folder = makeTemporary(t);
  const path = join(folder, "archive");
  await writeNewFile(path, (output) => pipeline(["all of it"], output));
  assert.equal(readFileSync(path, "utf8"), "all of it");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  await assert.rejects(
    writeNewFile(path, (output) => pipeline(["other"], output)),
    (error) =>
      error instanceof SandboxError &&
      error.message.includes("archive already exists") &&
      error.hint === "Choose another name",
  );
  assert.equal(readFileSync(path, "utf8"), "all of it");
  assert.deepEqual(readdirSync(folder), ["archive"]);
});

test("nothing of it stays if what writes it fails before the file is open", async (t) => {
  const folder = makeTemporary(t);
  const failure = new Error("no root");
  await assert.rejects(
    writeNewFile(join(folder, "archive"), () => Promise.reject(failure)),
    (error) => error === failure,
  );
  await setTimeout(20);
  assert.deepEqual(readdirSync(folder), []);
});

// It was told as well if the content had failed first, and then without words for people.
test("a file that cannot be made is told with the reason, unless its content failed first", async (t) => {
  const path = join(makeTemporary(t), "none/archive");
  await assert.rejects(
    writeNewFile(path, (output) => pipeline(["all of it"], output)),
    (error) =>
      error instanceof SandboxError &&
      /archive cannot be written: .*ENOENT/.test(error.message) &&
      error.hint === undefined,
  );
  const failure = new Error("no root");
  for (const milliseconds of [0, 20]) {
    const fail = async (): Promise<void> => {
      if (milliseconds > 0) await setTimeout(milliseconds);
      throw failure;
    };
    await assert.rejects(writeNewFile(path, fail), (error) => error === failure);
  }
});
