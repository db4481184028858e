import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { loadConfText } from "../../../conf/load-conf.ts";
import { renderProfile } from "../../../helpers/run/apparmor-profile.ts";

const render = (conf: string): string =>
  renderProfile(loadConfText(parseSandboxName("web1"), "web1.conf", `[Sandbox]\n${conf}`).conf);

function assertGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, "apparmor-profile", name);
  if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"));
}

const units = render("Unit=apache2.service\n");
const command = render("Exec=/usr/bin/sleep infinity\n");

test("systemd inside has a profile, and its services have it and another one", () => {
  assertGolden("units", units);
});

test("a command has the rules of services", () => {
  assertGolden("command", command);
});

test("with a profile of the administrator's only the start and the DHCP client have rules of ours", () => {
  assertGolden("administrators", render("Unit=apache2.service\n[Security]\nLabel=our-web\n"));
});

test("a sandbox with rights over its own network may use packet sockets", () => {
  const rights = "[Network]\nNetwork=default\n[Security]\nCapabilities=+CAP_NET_ADMIN\n";
  assert.match(
    render(`Unit=apache2.service\n${rights}`),
    /^ +capability .*\bnet_admin\b.*,$[\s\S]*^ +network packet,$/m,
  );
  assert.doesNotMatch(units, /net_admin|network packet/);
});

test("no service mounts or looks into every process, whatever systemd inside may do", () => {
  const service = /profile \S+@service [\s\S]*?\n\}/.exec(units)?.[0] ?? "";
  assert.match(service, /^ +deny capability sys_admin sys_ptrace,$/m);
  assert.doesNotMatch(service, /^ +capability .*\b(?:sys_admin|sys_ptrace|setfcap)\b/m);
  assert.doesNotMatch(command, /sys_ptrace/);
});

test("a capability that a conf takes away is in no profile but what the first program needs", () => {
  const without = render("Exec=/usr/bin/sleep infinity\n[Security]\nCapabilities=-all\n");
  const [start, own] = [...without.matchAll(/^ +capability (.*),$/gm)].map(([, words]) => words);
  assert.deepEqual([start, own], ["setpcap sys_admin", "setpcap sys_chroot"]);
});
