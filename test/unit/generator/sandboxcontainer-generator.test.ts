import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

const temporary = mkdtempSync(join(tmpdir(), "generator-"));
after(() => {
  rmSync(temporary, { recursive: true });
});
const script = readFileSync(resolve(import.meta.dirname, "../../../generator/sandboxcontainer-generator"), "utf8");
writeFileSync(join(temporary, "generator"), script.replace("@GENERATOR@", `${temporary}/runtime --flag "$0"`), {
  mode: 0o755,
});
writeFileSync(join(temporary, "runtime"), '#!/bin/sh\necho started "$@"\n', { mode: 0o755 });

function run(root: string): string {
  const env = { SANDBOXCONTAINER_ROOT: root };
  const { stdout, stderr, status } = spawnSync(join(temporary, "generator"), ["a b", "c", "d"], {
    encoding: "utf8",
    env,
  });
  assert.deepEqual({ stderr, status }, { stderr: "", status: 0 });
  return stdout;
}

test("without a conf the runtime is not started", () => {
  const root = join(temporary, "none");
  mkdirSync(join(root, "etc/sandboxcontainer/defaults.conf.d"), { recursive: true });
  writeFileSync(join(root, "etc/sandboxcontainer/README"), "");
  assert.equal(run(root), "");
});

for (const folder of ["etc", "run", "usr/lib"]) {
  test(`a conf in ${folder} starts it with all arguments, also when it is a broken link`, () => {
    const root = join(temporary, folder.replace("/", "-"));
    mkdirSync(join(root, folder, "sandboxcontainer"), { recursive: true });
    symlinkSync("nowhere", join(root, folder, "sandboxcontainer/web.conf"));
    assert.equal(run(root), `started --flag ${temporary}/generator a b c d\n`);
  });
}
