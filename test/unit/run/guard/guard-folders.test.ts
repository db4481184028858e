import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { guardFolders } from "../../../../helpers/run/guard/guard-folders.ts";

test("one folder that cannot be guarded is told, and keeps no other from being guarded", async () => {
  const guarded: string[] = [];
  const warnings: string[] = [];
  const errors: Record<string, Error> = {
    "/gone": new SandboxError("there is no /gone", { hint: "Make it" }),
    "/broken": new Error("EIO"),
  };
  await guardFolders({
    listSandboxes: () => ["a", "b"].map(parseSandboxName),
    readGuarded: (name) => (name === "a" ? ["/gone", "/broken", "/good"] : ["/other"]),
    guard: (path, name) => {
      const error = errors[path];
      if (error !== undefined) return Promise.reject(error);
      return Promise.resolve(void guarded.push(`${name} ${path}`));
    },
    warn: (text) => warnings.push(text),
  });
  assert.deepEqual(guarded, ["a /good", "b /other"]);
  assert.deepEqual(warnings, [
    "/gone, which a could write to, is not guarded against set-user-id files: there is no /gone. Make it",
    "/broken, which a could write to, is not guarded against set-user-id files: EIO",
  ]);
});
