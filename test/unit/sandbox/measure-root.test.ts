import assert from "node:assert/strict";
import { linkSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { measureFolder } from "../../../helpers/sandbox/measure-root.ts";
import { makeTemporary } from "./populate/temporary.ts";

test("blocks count, once for each file, and neither holes nor what a link leads to", async (context) => {
  const top = makeTemporary(context);
  writeFileSync(join(top, "file"), Buffer.alloc(1024 * 1024, "x"));
  linkSync(join(top, "file"), join(top, "same"));
  writeFileSync(join(top, "hole"), "");
  truncateSync(join(top, "hole"), 1024 * 1024 * 1024);
  symlinkSync("/usr", join(top, "link"));
  const bytes = await measureFolder(top);
  assert.ok(bytes >= 1024 * 1024 && bytes < 2 * 1024 * 1024, String(bytes));
});
