import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { Domain } from "../../../../helpers/run/prepare/domain-xml.ts";
import { planConfiguration } from "../../../../helpers/run/prepare/plan-configuration.ts";

const domain: Domain = {
  name: parseSandboxName("web1"),
  uuid: "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f",
  memoryKibibytes: 1,
  controller: null,
  init: ["/usr/lib/systemd/systemd"],
  environment: {},
  idBase: 655360,
  hostNetwork: true,
  nic: null,
  context: null,
  capabilities: ["sys_admin"],
  filesystems: [
    { source: "/run/host/sandboxcontainer/web1/root", target: "/", readOnly: false },
    { source: "/run/host/sandboxcontainer/web1/usr", target: "/usr", readOnly: true },
    { source: "/srv/data", target: "/var/lib/db", readOnly: false },
  ],
};

const none = { scriptContext: null, profiles: null };

test("packages are configured without a network, in the sandbox's ids and on its mounts", () => {
  const planned = planConfiguration(domain, { scriptContext: "a_context", profiles: null }, "1 6 0 0 0");
  assert.equal(planned.hostNetwork, false);
  assert.equal(planned.idBase, 655360);
  assert.equal(planned.context, "a_context");
  assert.ok(planned.capabilities.includes("chown") && !planned.capabilities.includes("sys_admin"));
  const targets = planned.filesystems.map(({ target }) => target);
  assert.deepEqual(targets.slice(0, 2), ["/", "/var/lib/db"]);
  assert.equal(new Set(targets).size, targets.length, "each place has one mount");
});

test("maintainer scripts have a system call filter", () => {
  const [program, ...words] = planConfiguration(domain, none, "1 6 0 0 0").init;
  assert.match(program, /^\/run\/host\/.*\/inside\/filter$/);
  assert.deepEqual(words.slice(0, 2), ["--no-new-privs", "1 6 0 0 0"]);
});

test("the host's /usr is not among what a maintainer script can write", () => {
  const usr = planConfiguration(domain, none, "1 6 0 0 0").filesystems.filter(({ target }) => target === "/usr");
  assert.deepEqual(usr, [{ source: "/run/sandboxcontainer/web1/mount-layer-usr", target: "/usr", readOnly: false }]);
});

test("under AppArmor maintainer scripts are in a profile", () => {
  const profiles = { start: "own@start", sandbox: "own", scripts: "own//service", entry: "own//&own//service" };
  const { init } = planConfiguration(domain, { scriptContext: null, profiles }, "1 6 0 0 0");
  assert.deepEqual(init.slice(1, 5), ["--no-new-privs", "--profile", "own//service", "1 6 0 0 0"]);
});
