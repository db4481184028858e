import assert from "node:assert/strict";
import { test } from "node:test";
import { hasNetworkRights, planCapabilities } from "../../../../helpers/run/prepare/capabilities.ts";
import { confOf } from "../../generator/conf/conf-of.ts";

const withRights = (content: string, ...lines: readonly string[]) =>
  confOf(`[Sandbox]\n${content}\n[Security]\n${lines.map((line) => `Capabilities=${line}\n`).join("")}`);
const command = "Exec=/usr/bin/sleep 1";

test("a command has what a daemon needs that begins as root, and no more", () => {
  assert.deepEqual(planCapabilities(withRights(command)), [
    "chown",
    "dac_override",
    "fowner",
    "fsetid",
    "kill",
    "net_bind_service",
    "setgid",
    "setpcap",
    "setuid",
    "sys_chroot",
  ]);
});

test("units have besides what systemd needs for their own walls", () => {
  const more = planCapabilities(withRights("Unit=a.service")).filter(
    (name) => !planCapabilities(withRights(command)).includes(name),
  );
  assert.deepEqual(more, ["dac_read_search", "setfcap", "sys_admin", "sys_ptrace"]);
});

test("without a user namespace units have none that opens any file of a file system", () => {
  const conf = confOf("[Sandbox]\nUnit=a.service\n[Security]\nUserNamespace=no\n");
  const usual = planCapabilities(withRights("Unit=a.service"));
  assert.deepEqual(
    planCapabilities(conf),
    usual.filter((name) => name !== "dac_read_search"),
  );
});

test("what comes later wins, and `all` means each", () => {
  assert.deepEqual(planCapabilities(withRights(command, "-all", "+kill", "+net_raw", "-kill")), ["net_raw"]);
  assert.ok(planCapabilities(withRights(command, "+all")).includes("sys_time"));
  assert.deepEqual(planCapabilities(withRights(command, "+all", "-all")), []);
});

test("rights over the network are those that no sandbox has by default", () => {
  assert.equal(hasNetworkRights(withRights(command)), false);
  assert.equal(hasNetworkRights(withRights("Unit=a.service", "+net_admin")), true);
  assert.equal(hasNetworkRights(withRights(command, "+net_raw")), true);
  assert.equal(hasNetworkRights(withRights(command, "+all", "-net_raw", "-net_admin")), false);
});

test("a sandbox without a network of its own has no rights over one, whatever its capabilities are", () => {
  const rights = ["Capabilities=+net_admin", "Capabilities=+net_raw"].join("\n");
  for (const more of ["UserNamespace=no\n", "[Network]\nNetwork=host\n"])
    assert.equal(hasNetworkRights(confOf(`[Sandbox]\n${command}\n[Security]\n${rights}\n${more}`)), false);
});
