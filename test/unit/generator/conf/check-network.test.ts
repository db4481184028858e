import assert from "node:assert/strict";
import { test } from "node:test";
import { usesDhcp } from "../../../../generator/conf/check-network.ts";
import { confOf, mergeText } from "./conf-of.ts";

const head = "[Sandbox]\nUnit=a.service\n[Network]\n";
const messages = (text: string): readonly string[] =>
  mergeText(`${head}${text}\n`).errors.map(({ message }) => message.replace("/etc/sandboxcontainer/web.conf", ""));

test("settings of an interface have no use without one", () => {
  assert.match(messages("Address=192.0.2.7/24").join(), /^:4: Address= cannot be used with Network=none/);
  assert.match(
    messages("Network=host\nMacAddress=52:54:00:00:00:01").join(),
    /^:5: MacAddress= cannot be used with Network=host/,
  );
});

test("without Address= a network means DHCP, which stands alone", () => {
  assert.equal(usesDhcp(confOf(`${head}Network=default\n`)), true);
  assert.equal(usesDhcp(confOf(`${head}Network=default\nAddress=192.0.2.7/24\n`)), false);
  assert.equal(usesDhcp(confOf(head)), false);
  assert.match(
    messages("Network=default\nAddress=dhcp\nAddress=192.0.2.7/24").join(),
    /:5: Address=dhcp cannot be combined with other addresses/,
  );
  assert.deepEqual(messages("Network=default\nAddress=dhcp"), []);
  assert.match(messages("Network=default\nGateway=192.0.2.1").join(), /Gateway= works only with fixed addresses/);
});

test("an address is there once, and a gateway is near and somebody else", () => {
  const lines = "Network=bridge:br0\nAddress=192.0.2.7/24\n";
  assert.deepEqual(messages(`${lines}Gateway=192.0.2.1\nRoute=10.0.0.0/8 via 192.0.2.2`), []);
  assert.match(messages(`${lines}Address=192.0.2.7/25`).join(), /:6: Address=: 192.0.2.7 is given twice/);
  assert.match(
    messages(`${lines}Gateway=192.0.3.1`).join(),
    /:6: Gateway=: 192.0.3.1 is not in any subnet of Address=/,
  );
  assert.match(messages(`${lines}Gateway=192.0.2.7`).join(), /is the sandbox's own address/);
  assert.match(
    messages(`${lines}Gateway=192.0.2.1\nGateway=192.0.2.2`).join(),
    /:7: Gateway=: there is already a gateway for IPv4/,
  );
  assert.deepEqual(messages(`${lines}Address=2001:db8::7/64\nGateway=fe80::1\nGateway=192.0.2.1`), []);
});
