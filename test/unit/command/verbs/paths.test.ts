import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { listPaths } from "../../../../helpers/command/verbs/paths.ts";

test("a sandbox has a conf, a root and a folder for a start, each by its name", () => {
  for (const path of Object.values(listPaths(parseSandboxName("web")))) assert.match(path, /\/web\b/);
});
