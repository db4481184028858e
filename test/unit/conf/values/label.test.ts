import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLabel } from "../../../../conf/values/label.ts";

const label = "system_u:system_r:container_t:s0:c1,c2";

test("a label is dynamic, none, one of the two kinds of access control, or static as it is written", () => {
  assert.deepEqual(parseLabel("dynamic"), { kind: "dynamic" });
  assert.deepEqual(parseLabel("selinux"), { kind: "selinux", context: undefined });
  assert.deepEqual(parseLabel("apparmor"), { kind: "apparmor", profile: undefined });
  assert.deepEqual(parseLabel("none"), { kind: "none" });
  assert.deepEqual(parseLabel(label), { kind: "static", label });
  assert.deepEqual(parseLabel(`static ${label}`), { kind: "static", label });
});

test("the spellings of virt-sandbox-service are understood", () => {
  assert.deepEqual(parseLabel(`static,label=${label}`), { kind: "static", label });
  assert.deepEqual(parseLabel("dynamic,label=system_u:system_r:container_t:s0"), {
    kind: "selinux",
    context: "system_u:system_r:container_t:s0",
  });
});

test("another word is the name of an AppArmor profile", () => {
  for (const profile of ["our-web", "/usr/sbin/apache2", "web.v2", "x", "web_tests", "unconfined-web"])
    assert.deepEqual(parseLabel(profile), { kind: "apparmor", profile });
});

test("so is one that every object has", () => {
  for (const profile of ["constructor", "toString"])
    assert.deepEqual(parseLabel(profile), { kind: "apparmor", profile });
});

test("a word that is misspelt is not taken for a profile", () => {
  assert.throws(() => parseLabel("aparmor"), /did you mean apparmor\?/);
});

for (const wrong of [
  "",
  "Dynamic",
  "container_t",
  "unconfined",
  "web//service",
  "a//&b",
  "-web",
  "web*",
  "system_u:system_r:container_t",
  `${label} x`,
  "static,label=",
  "dynamic,label=our-web",
  ":system_r:container_t:s0",
  "system_u::container_t:s0",
  "system_u:system_r::s0",
  "a:b:c:s0' x='",
]) {
  test(`Label=${wrong} is refused`, () => {
    assert.throws(() => parseLabel(wrong), { name: "ValueError" });
  });
}
