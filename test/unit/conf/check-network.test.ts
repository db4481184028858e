import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { usesDhcp, usesHostServers } from "../../../conf/check-network.ts";
import { mergeConf } from "../../../conf/merge-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
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

test("a name server for all sandboxes is none of a sandbox without an interface, which may have none of its own", () => {
  const defaults = parseConf("[Network]\nDNS=192.0.2.1\n", "/etc/sandboxcontainer/defaults.conf.d/a.conf");
  const errors = (text: string) =>
    mergeConf(parseSandboxName("web"), "web.conf", [defaults, parseConf(head + text, "web.conf")], new Set()).errors;
  assert.deepEqual(errors(""), []);
  assert.match(errors("DNS=192.0.2.2\nDNS=192.0.2.3\n").join(), /^SandboxError: web\.conf:4: DNS= cannot be used/);
});

test("the host's name servers are for who has neither DHCP nor others", () => {
  const lab = "Network=lab\nAddress=192.0.2.7/24\n";
  assert.deepEqual(
    [lab, "Network=host\n", "Network=lab\n", "Network=none\n", `${lab}DNS=192.0.2.1\n`].map((text) =>
      usesHostServers(confOf(head + text)),
    ),
    [true, true, false, false, false],
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
  const routes = "Route=10.0.0.0/8 via 192.0.2.2\nRoute=172.16.0.0/12 via 192.0.2.2";
  assert.deepEqual(messages(`${lines}Gateway=192.0.2.1\n${routes}`), []);
  assert.match(messages(`${lines}Address=192.0.2.7/25`).join(), /:6: Address=: 192.0.2.7 is given twice/);
  assert.match(
    messages(`${lines}Gateway=192.0.3.1`).join(),
    /:6: Gateway=: 192.0.3.1 is not in any subnet of Address=/,
  );
  assert.match(
    messages(`${lines}Route=10.0.0.0/8 via 192.0.3.1`).join(),
    /:6: Route=: 192.0.3.1 is not in any subnet of Address=/,
  );
  assert.match(
    messages(`${lines}Address=192.0.2.8/24\nGateway=192.0.2.7`).join(),
    /^:7: Gateway=: 192.0.2.7 is the sandbox's own address$/,
  );
  assert.match(
    messages(`${lines}Gateway=192.0.2.1\nGateway=192.0.2.2`).join(),
    /:7: Gateway=: there is already a gateway for IPv4/,
  );
  assert.deepEqual(messages(`${lines}Address=2001:db8::7/64\nGateway=fe80::1\nGateway=192.0.2.1`), []);
});

test("only fe80::/10 is near everywhere", () => {
  const lines = "Network=lab\nAddress=2001:db8::7/64\n";
  for (const near of ["fe80::1", "febf::1", "2001:db8::1"])
    assert.deepEqual(messages(`${lines}Gateway=${near}`), [], near);
  for (const far of ["fe8::1", "fec0::1", "2001:db8:0:fe80::1"])
    assert.match(messages(`${lines}Gateway=${far}`).join(), /is not in any subnet/, far);
});
