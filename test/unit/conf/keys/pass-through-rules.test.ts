import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { refuseLine } from "../../../../conf/keys/known-keys.ts";
import { resourceKeys, serviceKeys, unitKeys } from "../../../../conf/keys/systemd-keys.ts";

/** Lists the keys of a section in systemd 257. */
function readKeys(section: string): readonly string[] {
  const text = readFileSync(join(import.meta.dirname, "fixtures/systemd-257-keys.txt"), "utf8");
  const part = text.split(/^\[/m).find((each) => each.startsWith(`${section}]`)) ?? "";
  return part.trimEnd().split("\n").slice(1);
}

// F6
test("of each key of [Service] in systemd it is decided whether it means something for a sandbox", () => {
  const keys = readKeys("Service");
  assert.ok(keys.length > 200);
  for (const key of keys) {
    const refused = refuseLine("Service", key, "x") !== undefined;
    assert.equal(refused, !serviceKeys.includes(key), `${key} is either of use or refused`);
  }
  // This catches a wrong key in our own lists.
  for (const key of [...serviceKeys, ...resourceKeys.keys()]) assert.ok(keys.includes(key), key);
});

// F6
test("of each key of [Unit] in systemd it is decided whether it means something for a sandbox", () => {
  const keys = readKeys("Unit").filter((key) => !/^(Condition|Assert)/.test(key));
  const old = /^(BindTo|Propagate|Requi.*Overridable|OnFailureIsolate|StartLimitInterval$)/;
  for (const key of keys.filter((each) => !old.test(each))) {
    assert.equal(refuseLine("Unit", key, "x") !== undefined, !unitKeys.includes(key), key);
  }
  for (const key of unitKeys) assert.ok(keys.includes(key), key);
});

// F6
test("what would end a sandbox, or do nothing, is refused with the reason and what to do instead", () => {
  const refused = {
    WatchdogSec: /signs of life that a sandbox does not send/,
    Environment: /would not reach what runs inside/,
    EnvironmentFile: /would not reach/,
    StandardInput: /would not reach/,
    StateDirectory: /a folder on the host, not inside/,
    OOMScoreAdjust: /would not reach/,
    LimitCORE: /would not reach/,
    KillSignal: /how the container is stopped from outside/,
    SendSIGKILL: /how the container is stopped from outside/,
    Slice: /cgroup of the helpers/,
    LogNamespace: /where libvirt does not see it/,
    SyslogLevelPrefix: /the priority that we give/,
  };
  for (const [key, reason] of Object.entries(refused)) {
    const refusal = refuseLine("Service", key, "x");
    assert.match(refusal?.message ?? "", reason, key);
    assert.ok((refusal?.hint ?? "").length > 10, key);
  }
  assert.match(refuseLine("Unit", "JoinsNamespaceOf", "x")?.message ?? "", /namespaces of the helpers/);
});

test("what the template is made of cannot be replaced", () => {
  for (const key of [
    "Type",
    "PIDFile",
    "ExecStart",
    "ExecStop",
    "ExecStopPost",
    "NotifyAccess",
    "User",
    "Group",
    "DynamicUser",
  ]) {
    assert.match(refuseLine("Service", key, "x")?.message ?? "", /is set by sandbox@\.service itself/, key);
  }
});

test("a step before the start can be added, and the template's own not taken away", () => {
  assert.equal(refuseLine("Service", "ExecStartPre", "/bin/true"), undefined);
  assert.notEqual(refuseLine("Service", "ExecStartPre", ""), undefined);
  assert.equal(refuseLine("Service", "ExecReload", "/bin/true"), undefined);
  assert.notEqual(refuseLine("Service", "ExecReload", ""), undefined);
  assert.equal(refuseLine("Unit", "ExecReload", "")?.hint, "It belongs in section [Service]");
});

test("a limit that nothing knows is refused as the others are, and told the one that is of use", () => {
  for (const key of ["LimitNOFILES", "LimitNEW"]) {
    const { message = "", hint = "" } = refuseLine("Service", key, "1") ?? {};
    assert.match(message, /would not reach what runs inside/);
    assert.match(hint, /LimitNOFILE= does reach it/);
  }
});

test("confinement of the helpers is refused", () => {
  for (const key of [
    "RootDirectory",
    "PrivateTmp",
    "ProtectSystem",
    "BindPaths",
    "SystemCallFilter",
    "RestrictNamespaces",
  ]) {
    assert.match(refuseLine("Service", key, "yes")?.message ?? "", /would confine/, key);
  }
});

test("resource control goes to its own section", () => {
  for (const section of ["Service", "Unit"] as const)
    assert.deepEqual(refuseLine(section, "MemoryMax", "1G"), {
      message: `MemoryMax= in [${section}] would not limit what runs inside`,
      hint: "Move it to section [Resources]",
    });
});

test("a slip in a key of systemd is found, and a key of the other section", () => {
  assert.equal(refuseLine("Service", "Restrat", "always")?.hint, "Did you mean Restart=?");
  assert.equal(refuseLine("Unit", "Afetr", "x")?.hint, "Did you mean After=?");
  assert.equal(refuseLine("Service", "StartLimitIntervalSec", "0")?.hint, "It belongs in section [Unit]");
  for (const key of ["Restart", "ExecCondition"])
    assert.equal(refuseLine("Unit", key, "x")?.hint, "It belongs in section [Service]");
});

test("everything else passes, also what a later systemd may know", () => {
  for (const key of ["Restart", "TimeoutStartSec", "SomethingNew", "X-Note", "LimitNOFILE", "Limit"]) {
    assert.equal(refuseLine("Service", key, "x"), undefined, key);
  }
  for (const key of ["After", "ConditionPathExists", "AssertHost", "X-Note"]) {
    assert.equal(refuseLine("Unit", key, "x"), undefined, key);
  }
});

test("a key is refused as it is written, not because another one ends or begins so; those for walls are families", () => {
  const reasonFor = (key: string): string => {
    const { message = "", hint = "" } = refuseLine("Service", key, "") ?? {};
    return hint.startsWith("Did you mean") ? "" : message;
  };
  for (const key of readKeys("Service")) {
    assert.equal(reasonFor(`Later${key}`), "");
    assert.match(reasonFor(`${key}Later`), /^$|would confine/);
  }
});

test("a key of one's own, a condition and an assertion may be near to a key of systemd", () => {
  for (const key of ["X-After", "X-On", "ConditionHosts", "AssertHosts"])
    assert.equal(refuseLine("Unit", key, "x"), undefined, key);
});

test("what is no key at all is refused, and shown only as far as it fits in a line", () => {
  for (const key of ["", "a", "1A", "A b", "A_b", "Ä"])
    assert.match(refuseLine("Unit", key, "x")?.message ?? "", /is not a key/);
  assert.equal(refuseLine("Unit", "a".repeat(1000), "x")?.message, `\`${"a".repeat(80)}\` is not a key`);
  assert.equal(refuseLine("Unit", "A", "x"), undefined);
});
