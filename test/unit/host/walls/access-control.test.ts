import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLabel } from "../../../../conf/values/label.ts";
import { type ControlHost, requireControl } from "../../../../helpers/host/walls/access-control.ts";

function fakeHost(has: "selinux" | "apparmor" | null): ControlHost {
  const demand = (wanted: "selinux" | "apparmor") => (): void => {
    if (has !== wanted) throw new Error(`no ${wanted}`);
  };
  return {
    isSelinuxEnabled: () => has === "selinux",
    isAppArmorEnabled: () => has === "apparmor",
    requireEnforcing: demand("selinux"),
    requireAppArmor: demand("apparmor"),
  };
}
const choose = (label: string, has: "selinux" | "apparmor" | null, userNamespace = true) =>
  requireControl({ Label: parseLabel(label), UserNamespace: userNamespace }, fakeHost(has));

test("dynamic is what the kernel has, and none is nothing", () => {
  assert.equal(choose("dynamic", "selinux"), "selinux");
  assert.equal(choose("dynamic", "apparmor"), "apparmor");
  for (const has of ["selinux", "apparmor", null] as const) assert.equal(choose("none", has), null);
});

test("without either of them a sandbox is refused, with what to do", () => {
  assert.throws(() => choose("dynamic", null), { message: /neither SELinux nor AppArmor/, hint: /security=apparmor/ });
});

test("who asks for one of them does not get the other", () => {
  for (const label of ["selinux", "system_u:system_r:container_t:s0:c1,c2"])
    assert.throws(() => choose(label, "apparmor"), /no selinux/);
  for (const label of ["apparmor", "our-web"]) assert.throws(() => choose(label, "selinux"), /no apparmor/);
});

test("AppArmor does not replace the user namespace, SELinux does", () => {
  assert.throws(() => choose("dynamic", "apparmor", false), { hint: /Remove UserNamespace=no/ });
  assert.equal(choose("dynamic", "selinux", false), "selinux");
});
