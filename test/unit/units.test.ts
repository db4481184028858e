import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const repository = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

test("units, the command and the generator give the runtime the same setting", () => {
  const [setting] = /BUN_JSC_\w+=\d+/.exec(read("Makefile")) ?? [];
  assert.ok(setting !== undefined);
  assert.match(read("generator/sandboxcontainer-generator"), new RegExp(`^export ${setting}$`, "m"));
  const units = globSync("units/*.service", { cwd: repository });
  assert.ok(units.length > 0);
  for (const unit of units) {
    const text = read(unit);
    if (/^ExecStart=\/usr\/libexec\/sandboxcontainer\//m.test(text))
      assert.match(text, new RegExp(`^Environment=${setting}$`, "m"), unit);
  }
});
