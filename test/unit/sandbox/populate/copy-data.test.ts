import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { copyData, measureData, requireRoom } from "../../../../helpers/sandbox/populate/copy-data.ts";
import { makeTemporary } from "./temporary.ts";

test("what vanished is told, and the rest is there", async (context) => {
  const top = makeTemporary(context);
  const warnings: string[] = [];
  await copyData(join(top, "vanished"), join(top, "to"), (text) => warnings.push(text));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /^1 of the files in .*vanished.* stop the service/);
});

test("whatever else goes wrong is an error in one line", async (context) => {
  const top = makeTemporary(context);
  mkdirSync(join(top, "from"));
  writeFileSync(join(top, "from/file"), "x");
  writeFileSync(join(top, "to"), "in the way");
  await assert.rejects(
    copyData(join(top, "from"), join(top, "to"), () => undefined),
    (error) => error instanceof SandboxError && /from could not be copied: .*non-directory/.test(error.message),
  );
});

test("data is measured without following links, and what is not there is nothing", async (context) => {
  const top = makeTemporary(context);
  mkdirSync(join(top, "data"));
  writeFileSync(join(top, "data/file"), Buffer.alloc(1024 * 1024, "x"));
  symlinkSync("/usr", join(top, "data/link"));
  const bytes = await measureData([join(top, "data"), join(top, "gone")]);
  assert.ok(bytes >= 1024 * 1024 && bytes < 3 * 1024 * 1024, String(bytes));
  assert.equal(await measureData([]), 0);
});

test("data that does not fit is refused before anything is copied", (context) => {
  const top = makeTemporary(context);
  requireRoom(1, ["/proc"], top, "folder");
  for (const [kept, hint] of [
    ["folder", /^Free some space, or /],
    ["image", /^Make the image larger.*, or /],
  ] as const) {
    assert.throws(
      () => {
        requireRoom(2 ** 60, ["/proc"], top, kept);
      },
      (error) =>
        error instanceof SandboxError &&
        /1024\.0 PiB|1048576\.0 TiB in \/proc, does not fit/.test(error.message) &&
        hint.test(error.hint ?? ""),
    );
  }
  assert.deepEqual(readdirSync(top), []);
});
