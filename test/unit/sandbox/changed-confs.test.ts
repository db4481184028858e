import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after } from "node:test";
import { setTimeout } from "node:timers/promises";
import { parseSandboxName } from "../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { confFile } = await import("../../../base/paths.ts");
const { findChangedConfs } = await import("../../../helpers/sandbox/changed-confs.ts");

const name = parseSandboxName("web");
const put = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
};

after(() => {
  rmSync(top, { recursive: true, force: true });
});

test("a conf or a drop-in that is newer than what the generator wrote has changed, also with an older date", async () => {
  const conf = confFile(name);
  put(conf);
  assert.deepEqual(findChangedConfs(name), []);
  await setTimeout(20);
  put(join(top, "run/systemd/generator/sandbox@web.service.d/40-sandboxcontainer.conf"));
  assert.deepEqual(findChangedConfs(name), []);
  await setTimeout(20);
  put(join(`${conf}.d`, "more.conf"));
  put(join(`${conf}.d`, "more.conf~"));
  assert.deepEqual(findChangedConfs(name), [join(`${conf}.d`, "more.conf")]);
  put(conf);
  utimesSync(conf, 1, 1);
  assert.deepEqual(findChangedConfs(name), [conf, join(`${conf}.d`, "more.conf")]);
});
