import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addedCapabilities,
  hasNetworkRights,
  planCapabilities,
  planCapabilityMask,
} from "../../../../helpers/run/prepare/capabilities.ts";
import { confOf } from "../../conf/conf-of.ts";

const withRights = (content: string, ...lines: readonly string[]) =>
  confOf(`[Sandbox]\n${content}\n[Security]\n${lines.map((line) => `Capabilities=${line}\n`).join("")}`);
const command = "Exec=/usr/bin/sleep 1";

const ofServices = ["chown", "dac_override", "fowner", "fsetid", "kill", "net_bind_service"];
const ofUsers = ["setgid", "setpcap", "setuid", "sys_chroot"];
const ofCautious = ["audit_write", "ipc_lock", "net_broadcast", "sys_nice"];

test("a command has what a daemon needs that begins as root, what some insist on in vain, and no more", () => {
  assert.deepEqual(planCapabilities(withRights(command)), [...ofServices, ...ofUsers, ...ofCautious].sort());
});

test("units have besides what systemd needs for their own walls", () => {
  const more = planCapabilities(withRights("Unit=a.service")).filter(
    (name) => !planCapabilities(withRights(command)).includes(name),
  );
  assert.deepEqual(more, ["dac_read_search", "setfcap", "sys_admin", "sys_ptrace"]);
});

test("without a user namespace none has what would then be a right over the machine", () => {
  const without = (content: string) => confOf(`[Sandbox]\n${content}\n[Security]\nUserNamespace=no\n`);
  assert.deepEqual(planCapabilities(without(command)), [...ofServices, ...ofUsers]);
  const usual = planCapabilities(withRights("Unit=a.service"));
  assert.deepEqual(
    planCapabilities(without("Unit=a.service")),
    usual.filter((name) => name !== "dac_read_search" && !ofCautious.includes(name)),
  );
});

test("what a conf names is added, also if the sandbox has it anyway, and else only what it did not have", () => {
  assert.deepEqual([...addedCapabilities(withRights(command))], []);
  assert.deepEqual([...addedCapabilities(withRights(command, "+kill", "+net_raw"))], ["CAP_NET_RAW"]);
  assert.deepEqual([...addedCapabilities(withRights(command, "+sys_nice"))], ["CAP_SYS_NICE"]);
  assert.deepEqual([...addedCapabilities(withRights(command, "+sys_nice", "-sys_nice"))], []);
  assert.ok(addedCapabilities(withRights(command, "+all")).has("CAP_SYS_NICE"));
});

test("what comes later wins, and `all` means each", () => {
  assert.deepEqual(planCapabilities(withRights(command, "-all", "+kill", "+net_raw", "-kill")), ["net_raw"]);
  assert.ok(planCapabilities(withRights(command, "+all")).includes("sys_time"));
  assert.deepEqual(planCapabilities(withRights(command, "+all", "-all")), []);
});

test("what the kernel calls a set of capabilities is its mask", () => {
  assert.equal(planCapabilityMask(withRights(command, "-all", "+chown", "+sys_admin", "+block_suspend")), "1000200001");
  // A sandbox of a command, as its processes have it (CapBnd: in proc_pid_status(5)).
  assert.equal(planCapabilityMask(withRights(command)), "20844dfb");
  assert.equal(planCapabilityMask(withRights(command, "-all")), "0");
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
