import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../base/sandbox-name.ts";
import { planOf } from "./run/plan/plan-of.ts";

// The modules set their paths when they are loaded.
const root = mkdtempSync(join(tmpdir(), "make-root-"));
process.env["SANDBOXCONTAINER_ROOT"] = root;
const { loadConf } = await import("../../conf/load-conf.ts");
const { ownStamp, removeStamps, writeStamp } = await import("../../helpers/sandbox/populate/record-content.ts");
const { writeStartPlan } = await import("../../helpers/run/plan/kept-plan.ts");
const web = parseSandboxName("web");
after(() => {
  rmSync(root, { recursive: true });
});
for (const folder of ["etc/sandboxcontainer", "var/lib/sandboxcontainer/web/start"])
  mkdirSync(join(root, folder), { recursive: true });
writeFileSync(join(root, "etc/machine-id"), `${"1".repeat(32)}\n`);
writeFileSync(join(root, "etc/sandboxcontainer/web.conf"), "[Sandbox]\nExec=/usr/bin/true\n[Security]\nLabel=none\n");

for (const file of ["ids", "context", "start/system-calls"])
  writeFileSync(join(root, "var/lib/sandboxcontainer/web", file), "none\n");
writeStartPlan(web, planOf());

// With a policy, this root would need a level.
const skip = existsSync("/sys/fs/selinux/enforce");

test("nothing is done while the stamp of the conf, and what it vouches for, is there", { skip }, () => {
  const run = () =>
    spawnSync(process.execPath, [resolve(import.meta.dirname, "../../helpers/make-root.ts"), web], {
      encoding: "utf8",
    });
  writeStamp(web, ownStamp(loadConf(web)));
  const { status, stdout, stderr } = run();
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "", stderr: "" });
  // Something of what the stamp vouches for is missing.
  const file = join(root, "var/lib/sandboxcontainer/web/start/system-calls");
  renameSync(file, `${file}-away`);
  const missing = run();
  assert.equal(missing.status, 1);
  assert.match(missing.stderr, /^making the root\n/);
  renameSync(`${file}-away`, file);
  removeStamps(web);
  // This root has no packages, and the state of no sandbox.
  assert.equal(run().status, 1);
});
