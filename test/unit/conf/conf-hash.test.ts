import assert from "node:assert/strict";
import { test } from "node:test";
import { hashConf, hashText } from "../../../conf/conf-hash.ts";
import type { SettingName } from "../../../conf/settings.ts";
import { confOf } from "./conf-of.ts";

const hashOf = (more: string): string => hashConf(confOf(`[Sandbox]\nUnit=apache2.service\n${more}`));

test("the hash is 64-bit FNV-1a", () => {
  // http://www.isthe.com/chongo/src/fnv/test_fnv.c
  assert.equal(hashText(""), "cbf29ce484222325");
  assert.equal(hashText("a"), "af63dc4c8601ec8c");
  assert.equal(hashText("foobar"), "85944171f73967e8");
});

/** What changes each setting, and what it needs so that it is allowed. */
const changes: Readonly<Record<Exclude<SettingName, "Exec" | "User" | "Group" | "Home">, readonly [string, string]>> = {
  Unit: ["", "Unit=b.service"],
  Package: ["", "Package=php"],
  Copy: ["", "Copy=yes"],
  Mount: ["", "Mount=ram:/x=1M"],
  Image: ["", "Image=1G"],
  Network: ["[Network]", "Network=host"],
  Address: ["[Network]\nNetwork=default", "Address=192.0.2.7/24"],
  Gateway: ["[Network]\nNetwork=default\nAddress=192.0.2.7/24", "Gateway=192.0.2.1"],
  Route: ["[Network]\nNetwork=default\nAddress=192.0.2.7/24", "Route=10.0.0.0/8 via 192.0.2.1"],
  DNS: ["[Network]\nNetwork=default", "DNS=192.0.2.1"],
  MacAddress: ["[Network]\nNetwork=default", "MacAddress=52:54:00:00:00:01"],
  Filter: ["[Network]\nNetwork=default", "Filter=none"],
  Isolated: ["[Network]\nNetwork=default", "Isolated=no"],
  Publish: ["[Network]", "Publish=80:80"],
  PublishBy: ["[Network]\nPublish=80:80", "PublishBy=proxy"],
  LinkRange: ["[Network]\nPublish=80:80", "LinkRange=10.90.0.0/16"],
  Listen: ["[Network]", "Listen=80"],
  OnDemand: ["[Network]\nPublish=80:80", "OnDemand=yes"],
  IdleStopSec: ["[Network]\nPublish=80:80\nOnDemand=yes", "IdleStopSec=1min"],
  Label: ["[Security]", "Label=none"],
  UserNamespace: ["[Security]", "UserNamespace=no"],
  HostIds: ["[Security]", "HostIds=1048576"],
  Level: ["[Security]", "Level=s0:c1,c2"],
  FileType: ["[Security]", "FileType=a_t"],
  Capabilities: ["[Security]", "Capabilities=-sys_time"],
  SystemCallFilter: ["[Security]", "SystemCallFilter=~reboot"],
};

test("it changes with every setting", () => {
  for (const [before, change] of Object.values(changes)) {
    assert.notEqual(hashOf(`${before}\n${change}`), hashOf(before), change);
  }
  const command = (more: string): string => hashConf(confOf(`[Sandbox]\n${more}`));
  const commands = [
    "Exec=/bin/a",
    "Exec=/bin/b",
    ...["User=1", "Group=1", "Home=/a"].map((line) => `Exec=/bin/a\n${line}`),
  ];
  assert.equal(new Set(commands.map(command)).size, commands.length);
});

test("it changes with every limit", () => {
  const texts = ["", "[Resources]\nMemoryMax=1G", "[Resources]\nMemoryMax=2G", "[Resources]\nTasksMax=9"];
  assert.equal(new Set(texts.map(hashOf)).size, texts.length);
});

test("it stays with the place and the spelling, and with what is passed through to the unit", () => {
  for (const same of ["# comment", "Copy=no", "[Unit]\nAfter=x.service", "[Service]\nRestart=always"]) {
    assert.equal(hashOf(same), hashOf(""), same);
  }
});
