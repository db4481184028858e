import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseMount } from "../../../../conf/values/mount.ts";
import { requireCovered } from "../../../../helpers/run/prepare/plan-domain.ts";

test("a folder of /usr can be covered inside only if the host has it, and nothing in it: in place of a library root inside would gain rights", (t) => {
  const root = mkdtempSync(join(tmpdir(), "mounts-"));
  t.after(() => {
    rmSync(root, { recursive: true });
  });
  mkdirSync(join(root, "usr/lib/web/cache"), { recursive: true });
  writeFileSync(join(root, "usr/lib/web/file"), "");
  const cover = (target: string): void => {
    requireCovered({ Mount: [parseMount(`guest-bind:${target}=/srv/own`)] }, root);
  };
  cover("/usr/lib/web/cache");
  cover("/var/made-inside");
  for (const missing of ["/usr/lib/web/other", "/usr/lib/web/file", "/usr/lib/web"])
    assert.throws(() => {
      cover(missing);
    }, /needs an empty folder \S+ on the host/);
});
