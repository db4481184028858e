import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { Conf } from "../../../../conf/conf.ts";
import { groupPorts, isSocketOf, kernelPorts, type PortGroup, socketUnits } from "../../../../conf/values/publish.ts";
import { confOf } from "../conf-of.ts";

const conf = (name: string, more: string, ...ports: readonly string[]): Conf => {
  const lines = ports.map((port) => `Publish=${port}`).join("\n");
  return confOf(`[Sandbox]\nUnit=apache2.service\n[Network]\n${more}\n${lines}\n`, name);
};
const unitsOf = (name: string, ...ports: readonly string[]): readonly string[] =>
  groupPorts(conf(name, "PublishBy=proxy", ...ports)).map(({ unit }) => unit);
const onDemand = (...ports: readonly string[]) => groupPorts(conf("web", "OnDemand=yes", ...ports));

test("addresses that lead to one port share a socket", () => {
  assert.deepEqual(unitsOf("web", "9:1", "127.0.0.1:8:1", "[::1]:8:1"), ["sandbox-web-8", "sandbox-web-9"]);
});

test("where they lead to several, the name says to which", () => {
  const ports = ["127.0.0.1:8:1", "[::1]:8:2"];
  for (const order of [ports, ports.toReversed()])
    assert.deepEqual(unitsOf("web", ...order), ["sandbox-web-8.1", "sandbox-web-8.2"]);
});

test("what the kernel leads to has no socket, unless it starts the sandbox", () => {
  const ports = ["80:80", "192.0.2.7:81:81/udp", "127.0.0.1:82:82", "83:83,proxy-protocol"];
  assert.deepEqual(
    kernelPorts(conf("web", "", ...ports)).map(({ hostPort }) => hostPort),
    [80, 81],
  );
  const shown = (groups: readonly PortGroup[]) => groups.map(({ hostPort, toLink }) => [hostPort, toLink]);
  assert.deepEqual(shown(groupPorts(conf("web", "", ...ports))), [
    [82, false],
    [83, false],
  ]);
  assert.deepEqual(shown(onDemand(...ports)), [
    [80, true],
    [81, true],
    [82, false],
    [83, false],
  ]);
  assert.deepEqual(kernelPorts(conf("web", "PublishBy=proxy", "80:80", "[2001:db8::7]:81:81")), []);
});

test("a range has a socket for each port", () => {
  assert.deepEqual(unitsOf("web", "8-10:1-3"), ["sandbox-web-8", "sandbox-web-9", "sandbox-web-10"]);
  const ports = groupPorts(conf("web", "PublishBy=proxy", "8-9:1-2", "127.0.0.1:10:3")).map(({ port }) => port);
  assert.deepEqual(ports, [1, 2, 3]);
});

test("UDP and the PROXY protocol have units of their own", () => {
  assert.deepEqual(
    onDemand("53:53", "53:53/udp", "54:53/udp").map(({ unit, protocol }) => [unit, protocol]),
    [
      ["sandbox-web-53", "tcp"],
      ["sandbox-web-53.udp", "udp"],
      ["sandbox-web-54.udp", "udp"],
    ],
  );
  // One address of the port is the kernel's, one the loopback's and one a proxy's that says who the client is.
  assert.deepEqual(
    onDemand("192.0.2.7:8:1", "127.0.0.1:8:1", "192.0.2.8:8:1,proxy-protocol").map(({ unit, toLink }) => [
      unit,
      toLink,
    ]),
    [
      ["sandbox-web-8.1", false],
      ["sandbox-web-8.1.link", true],
      ["sandbox-web-8.1.proxy", false],
    ],
  );
  assert.deepEqual(
    onDemand("192.0.2.7:8:1/udp", "192.0.2.8:8:2/udp").map(({ unit }) => unit),
    ["sandbox-web-8.1.link.udp", "sandbox-web-8.2.link.udp"],
  );
});

test("the order of the lines makes no difference", () => {
  const ports = ["192.0.2.7:8:1", "127.0.0.1:8:1", "7:9/udp", "7:9", "[::1]:8:2", "3-4:1-2"];
  const names = (all: readonly string[]) => onDemand(...all).map(({ unit }) => unit);
  assert.deepEqual(names(ports.toReversed()), names(ports));
});

test("all sockets of a conf are its own, and it names them all", () => {
  const web = conf("web", "OnDemand=yes\nListen=9", "192.0.2.7:8:1", "127.0.0.1:8:1", "8:1/udp", "7:1,proxy-protocol");
  const units = socketUnits(web);
  assert.deepEqual(units, [
    "sandbox-web-7.socket",
    "sandbox-web-8.1.socket",
    "sandbox-web-8.1.link.socket",
    "sandbox-web-8.udp.socket",
    "sandbox-web-listen.socket",
  ]);
  for (const unit of units) assert.ok(isSocketOf(web.name, unit), unit);
});

test("no two sandboxes have units of one name", () => {
  const all = [
    unitsOf("a", "80:1"),
    unitsOf("a-80", "80:1"),
    unitsOf("a-80.1", "80:1"),
    unitsOf("a", "127.0.0.1:80:1", "[::1]:80:2"),
    unitsOf("a-80.1.link", "80:1"),
    groupPorts(conf("a", "OnDemand=yes", "80:1/udp", "127.0.0.1:81:1", "192.0.2.7:81:1")).map(({ unit }) => unit),
  ].flat();
  assert.equal(new Set(all).size, all.length);
});

test("sockets of a sandbox are told from those of one whose name begins so", () => {
  const mine = ["sandbox-web-80.socket", "sandbox-web-80.81.socket", "sandbox-web-listen.socket"];
  mine.push("sandbox-web-80.link.socket", "sandbox-web-80.81.link.socket", "sandbox-web-80.81.proxy.socket");
  mine.push("sandbox-web-80.udp.socket", "sandbox-web-80.81.link.udp.socket");
  const others = [
    "sandbox-web-80.udp.link.socket",
    "sandbox-web-80.proxy.link.socket",
    "sandbox-web-80.tcp.socket",
    "sandbox-web-idle.socket",
    "sandbox-web-listen.udp.socket",
    "sandbox-web-1-80.socket",
    "sandbox-web-1-listen.socket",
    "sandbox-web-80.service",
    "sandbox-we-80.socket",
    "sandbox-web-.socket",
    "sandbox-web-80..socket",
    "sandbox-web-80.socket.d",
  ];
  const name = parseSandboxName("web");
  assert.deepEqual(
    [...mine, ...others].filter((unit) => isSocketOf(name, unit)),
    mine,
  );
});
