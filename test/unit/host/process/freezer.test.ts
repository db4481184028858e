import assert from "node:assert/strict";
import { test } from "node:test";
import { findFreezer } from "../../../../helpers/host/process/cgroup.ts";

test("the cgroup that is frozen is the container's, and not that of systemd in it", () => {
  const second = findFreezer("0::/machine.slice/machine-web.scope/init.scope\n");
  assert.equal(second?.file, "/sys/fs/cgroup/machine.slice/machine-web.scope/cgroup.freeze");
  assert.ok(second.isFrozen("populated 1\nfrozen 1\n"));
  assert.ok(!second.isFrozen("populated 1\nfrozen 0\n"));
  const first = findFreezer("12:freezer:/machine/web.libvirt-lxc\n1:name=systemd:/x/init.scope\n0::/\n");
  assert.equal(first?.file, "/sys/fs/cgroup/freezer/machine/web.libvirt-lxc/freezer.state");
  assert.ok(!first.isFrozen("FREEZING\n"));
});

// A3
test("root inside that moves PID 1 into a cgroup of its own has all the others frozen as well", () => {
  const second = findFreezer("0::/machine.slice/machine-web.scope/own.scope/deeper\n");
  assert.equal(second?.file, "/sys/fs/cgroup/machine.slice/machine-web.scope/cgroup.freeze");
});

test("the whole host is never frozen", () => {
  assert.equal(findFreezer("0::/\n"), undefined);
  assert.equal(findFreezer("0::/init.scope\n"), undefined);
  assert.equal(findFreezer("4:freezer:/\n1:name=systemd:/x\n"), undefined);
});
