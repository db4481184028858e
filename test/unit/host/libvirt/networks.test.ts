import assert from "node:assert/strict";
import { test } from "node:test";
import { bridgeOf, parseRefusal, servesDhcp } from "../../../../helpers/host/libvirt/networks.ts";

const status = (ip: string): string =>
  `<networkstatus>\n<network>\n<name>lab</name>\n<bridge name='virbr-lab' stp='off' delay='0'/>\n${ip}\n</network></networkstatus>\n`;
const dhcp = "<dhcp>\n<range start='192.0.2.10' end='192.0.2.99'/>\n</dhcp>";

test("the bridge is the one that libvirt names", () => {
  assert.equal(bridgeOf(status("")), "virbr-lab");
  assert.equal(bridgeOf("<network><forward mode='hostdev'/></network>"), undefined);
});

test("an answer of DHCP is expected only where libvirt serves it over IPv4", () => {
  const ip4 = "<ip address='192.0.2.1' netmask='255.255.255.0'>";
  const ip6 = "<ip family='ipv6' address='fd77::1' prefix='64'>";
  assert.equal(servesDhcp(status(`${ip4}\n${dhcp}</ip>`)), true);
  assert.equal(servesDhcp(status(`${ip6}</ip>${ip4}\n${dhcp}</ip>`)), true);
  assert.equal(servesDhcp(status(`${ip4}</ip>\n${ip6}${dhcp}</ip>`)), false);
  assert.equal(servesDhcp(status(`${ip4.replace(">", "/>")}\n${ip6}${dhcp}</ip>`)), false);
  assert.equal(servesDhcp(status("")), false);
});

test("a network that somebody else has just started is up, and one that is not there is no failure of libvirt's", () => {
  assert.deepEqual(parseRefusal("error: network is already active as lab"), { kind: "started" });
  assert.deepEqual(parseRefusal("error: Network not found: no network with matching name 'lap'"), { kind: "unknown" });
  assert.deepEqual(parseRefusal("error: failed to connect"), { kind: "failed", reason: "error: failed to connect" });
});
