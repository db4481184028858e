import assert from "node:assert/strict";
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { makeFifos } from "../../../../helpers/sandbox/archive/fifos.ts";
import { makeTemporary } from "../populate/temporary.ts";

test("fifos are made several at a time in a folder of root's, each is taken once, and none stays", async (context) => {
  const folder = join(makeTemporary(context), "fifos");
  const fifos = makeFifos(folder);
  const taken: string[] = [];
  for (let count = 0; count < 17; count++) taken.push(await fifos.take());
  assert.ok(taken.every((path) => statSync(path).isFIFO()));
  const names = Array.from({ length: 32 }, (_, index) => String(index));
  assert.deepEqual(readdirSync(folder).sort(), names.toSorted());
  assert.equal(new Set(taken.map((path) => basename(path))).size, 17);
  assert.deepEqual([statSync(folder).mode & 0o777, statSync(taken[0] ?? "").mode & 0o777], [0o700, 0o600]);
  fifos.close();
  fifos.close();
  assert.ok(!existsSync(folder));
});
