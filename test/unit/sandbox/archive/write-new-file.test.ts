import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pipeline } from "node:stream/promises";
import { writeNewFile } from "../../../../helpers/sandbox/archive/pack.ts";
import { makeTemporary } from "../populate/temporary.ts";

test("a new file is there in one piece, and never replaces one", async (t) => {
  const folder = makeTemporary(t);
  const path = join(folder, "archive");
  await writeNewFile(path, (output) => pipeline(["all of it"], output));
  assert.equal(readFileSync(path, "utf8"), "all of it");
  await assert.rejects(
    writeNewFile(path, (output) => pipeline(["other"], output)),
    /archive already exists/,
  );
  assert.equal(readFileSync(path, "utf8"), "all of it");
  assert.deepEqual(readdirSync(folder), ["archive"]);
});

test("nothing of it stays if what writes it fails before the file is open", async (t) => {
  const folder = makeTemporary(t);
  await assert.rejects(
    writeNewFile(join(folder, "archive"), () => Promise.reject(new Error("no root"))),
    /no root/,
  );
  assert.deepEqual(readdirSync(folder), []);
});
