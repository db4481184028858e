import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { groupPorts, isSocketOf } from "../../../../generator/conf/publish-groups.ts";
import { confOf } from "./conf-of.ts";

const unitsOf = (name: string, ...ports: readonly string[]): readonly string[] => {
  const lines = ports.map((port) => `Publish=${port}`).join("\n");
  return groupPorts(confOf(`[Sandbox]\nUnit=apache2.service\n[Network]\n${lines}\n`, name)).map(({ unit }) => unit);
};

test("addresses that lead to one port share a socket", () => {
  assert.deepEqual(unitsOf("web", "9:1", "127.0.0.1:8:1", "[::1]:8:1"), ["sandbox-web-8", "sandbox-web-9"]);
});

test("where they lead to several, the name says to which", () => {
  const ports = ["127.0.0.1:8:1", "[::1]:8:2"];
  for (const order of [ports, ports.toReversed()])
    assert.deepEqual(unitsOf("web", ...order), ["sandbox-web-8.1", "sandbox-web-8.2"]);
});

test("no two sandboxes have units of one name", () => {
  const all = [
    unitsOf("a", "80:1"),
    unitsOf("a-80", "80:1"),
    unitsOf("a-80.1", "80:1"),
    unitsOf("a", "127.0.0.1:80:1", "[::1]:80:2"),
  ].flat();
  assert.equal(new Set(all).size, all.length);
});

test("sockets of a sandbox are told from those of one whose name begins so", () => {
  const mine = ["sandbox-web-80.socket", "sandbox-web-80.81.socket", "sandbox-web-listen.socket"];
  const others = [
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
