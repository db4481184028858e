import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { removeInOnePiece } from "../../../../helpers/sandbox/snapshots/copy-root.ts";

const top = mkdtempSync(join(tmpdir(), "staging-"));

after(() => {
  rmSync(top, { recursive: true });
});

test("a folder is removed with the leftovers of killed removals beside it, and nothing else", async () => {
  for (const folder of ["kept", "gone", ".new-1-0-moved"]) mkdirSync(join(top, folder));
  writeFileSync(join(top, "gone/file"), "");
  await removeInOnePiece(join(top, "gone"));
  assert.deepEqual(readdirSync(top), ["kept"]);
});

test("what is not there is fine, and so is what killed removals have left of it", async () => {
  mkdirSync(join(top, ".new-1-0-moved"));
  await removeInOnePiece(join(top, "gone"));
  await removeInOnePiece(join(top, "nowhere/gone"));
  assert.deepEqual(readdirSync(top), ["kept"]);
});
