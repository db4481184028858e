import assert from "node:assert/strict";
import { test } from "node:test";
import { planInterface } from "../../../../helpers/run/network/plan-interface.ts";
import { confOf } from "../../conf/conf-of.ts";

const uuid = "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f";
const plan = (lines: string, name?: string) =>
  planInterface(confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines}\n`, name), uuid);

test("only a libvirt network or a bridge brings an interface", () => {
  assert.equal(plan("Network=none"), null);
  assert.equal(plan("Network=host"), null);
  assert.equal(plan("Network=bridge:br0")?.kind, "bridge");
});

test("the MAC address comes from the sandbox's uuid, and is one that nobody sold", () => {
  assert.equal(plan("Network=default")?.mac, "02:5b:6a:1f:0e:5c");
  assert.equal(plan("Network=default\nMacAddress=52:54:00:00:00:01")?.mac, "52:54:00:00:00:01");
});

test("the device on the host is named after the sandbox, and always short enough for Linux", () => {
  assert.equal(plan("Network=default", "web-1")?.device, "sb-web-1");
  const long = ["a", "b"].map(
    (last) => plan("Network=default", `a-name-of-sixty-four-characters-${last}`)?.device ?? "",
  );
  for (const device of long) assert.match(device, /^sb-[0-9a-f]{12}$/);
  assert.notEqual(long[0], long[1]);
});

test("a gateway is a route to everything of its family", () => {
  const nic = plan("Network=default\nAddress=192.0.2.7/24\nAddress=2001:db8::7/64\nGateway=192.0.2.1\nGateway=fe80::1");
  assert.deepEqual(
    nic?.routes.map(({ to, gateway }) => `${to.text}/${to.prefix} ${gateway.text}`),
    ["0.0.0.0/0 192.0.2.1", "::/0 fe80::1"],
  );
});
