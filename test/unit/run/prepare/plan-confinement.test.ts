import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { loadConfText } from "../../../../conf/load-conf.ts";
import { planProfiles } from "../../../../helpers/run/prepare/plan-start.ts";

const plan = (text: string) => planProfiles(loadConfText(parseSandboxName("web"), "web.conf", text).conf);
const own = "libvirt-sandboxcontainer-web";

test("what enters a sandbox of units is in systemd's profile and in that of services", () => {
  assert.deepEqual(plan("[Sandbox]\nUnit=apache2.service\n"), {
    start: `${own}@start`,
    sandbox: own,
    scripts: `${own}@service`,
    entry: `${own}//&${own}@service`,
  });
});

test("a command, its maintainer scripts and what enters have one profile", () => {
  const { sandbox, scripts, entry } = plan("[Sandbox]\nExec=/usr/bin/true\n");
  assert.deepEqual([sandbox, scripts, entry], [own, own, own]);
});

test("an administrator's profile is that of everything but the start", () => {
  const profiles = plan("[Sandbox]\nUnit=apache2.service\n[Security]\nLabel=our-web\n");
  assert.deepEqual(profiles, { start: `${own}@start`, sandbox: "our-web", scripts: "our-web", entry: "our-web" });
});
