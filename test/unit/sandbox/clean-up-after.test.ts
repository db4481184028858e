import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import type { Systemd } from "../../../helpers/host/systemd/systemd.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { cleanUpAfter } = await import("../../../helpers/sandbox/clean-up-after.ts");
const { hashText, readUnfinished, writeUnfinished } = await import("../../../helpers/sandbox/hold/unfinished.ts");
const { findHalfWritten } = await import("../../../helpers/sandbox/hold/half-written.ts");
const { besideOf } = await import("../../../helpers/sandbox/state.ts");
const { unmake } = await import("../../../helpers/sandbox/remove-sandbox.ts");
const { confFile } = await import("../../../base/paths.ts");

const web = parseSandboxName("web");
// Nothing of the sandbox runs.
const systemd = {
  readEnablement: () => Promise.resolve("disabled"),
  readUnit: () => Promise.resolve({ ActiveState: "inactive" }),
  runJob: () => Promise.resolve("done"),
  reload: () => Promise.resolve(),
  resetFailed: () => Promise.resolve(),
} as unknown as Systemd;
for (const folder of ["var/lib/sandboxcontainer", "etc/sandboxcontainer"])
  mkdirSync(join(top, folder), { recursive: true });

after(() => {
  rmSync(top, { recursive: true });
});

// The record went, and the half-written archive stayed.
test("after a boot nothing is left of an export but a complete archive", async () => {
  const file = join(top, "web.tar.zst");
  const task = { kind: "exporting", file, beside: besideOf(file) } as const;
  writeUnfinished(web, task);
  writeFileSync(task.file, "all");
  writeFileSync(task.beside, "half");
  assert.equal(await cleanUpAfter(systemd, web, task), true);
  assert.equal(readFileSync(file, "utf8"), "all");
  assert.deepEqual([existsSync(task.beside), readUnfinished(web)], [false, undefined]);
});

test("a rollback that was killed is left to the same command", async () => {
  const task = { kind: "rolling back", snapshot: "kept" } as const;
  writeUnfinished(web, task);
  assert.equal(await cleanUpAfter(systemd, web, task), false);
  assert.deepEqual(readUnfinished(web)?.task, task);
});

// After a boot another process had the number, and the file stayed.
test("a half-written conf is one whose process has ended, also if another process has its number", () => {
  const [own, other] = [besideOf(confFile(web)), `${confFile(web)}.new-${process.pid}-1`];
  for (const path of [own, other]) writeFileSync(path, "");
  assert.deepEqual(findHalfWritten(), [other]);
  assert.deepEqual(findHalfWritten(parseSandboxName("web2")), []);
});

// A clone that found drop-ins of an administrator removed them.
test("a sandbox that could not be made takes nothing with it that somebody else wrote", async () => {
  const [conf, dropIns] = [confFile(web), `${confFile(web)}.d`];
  mkdirSync(dropIns);
  writeFileSync(conf, "ours");
  const task = { kind: "making", conf: hashText("ours") } as const;
  await unmake(systemd, web, { ...task, hadDropIns: true });
  assert.deepEqual([existsSync(conf), existsSync(dropIns)], [false, true]);
  writeFileSync(conf, "theirs");
  await unmake(systemd, web, { ...task, hadDropIns: false });
  assert.deepEqual([existsSync(conf), existsSync(dropIns)], [true, false]);
});
