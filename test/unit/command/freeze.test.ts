import assert from "node:assert/strict";
import { test } from "node:test";
import { findFreezer } from "../../../helpers/keep/freeze.ts";

test("the cgroup that is frozen is the container's, and not that of systemd in it", () => {
  const second = findFreezer("0::/machine.slice/machine-web.scope/init.scope\n");
  assert.equal(second?.file, "/sys/fs/cgroup/machine.slice/machine-web.scope/cgroup.freeze");
  assert.ok(second.isFrozen("populated 1\nfrozen 1\n"));
  assert.ok(!second.isFrozen("populated 1\nfrozen 0\n"));
  const first = findFreezer("12:freezer:/machine/web.libvirt-lxc\n1:name=systemd:/x/init.scope\n0::/\n");
  assert.equal(first?.file, "/sys/fs/cgroup/freezer/machine/web.libvirt-lxc/freezer.state");
  assert.ok(!first.isFrozen("FREEZING\n"));
});

test("the whole host is never frozen", () => {
  assert.equal(findFreezer("0::/\n"), undefined);
  assert.equal(findFreezer("0::/init.scope\n"), undefined);
  assert.equal(findFreezer("4:freezer:/\n1:name=systemd:/x\n"), undefined);
});
