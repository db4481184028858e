import assert from "node:assert/strict";
import { test } from "node:test";
import { planLink, planPorts } from "../../../../helpers/run/ports/plan-ports.ts";
import { confOf } from "../../conf/conf-of.ts";

function plan(...lines: readonly string[]) {
  const conf = confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`);
  const state = { idBase: 655_360, uuid: "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f" };
  return planPorts(conf, planLink(conf, state, { machineId: "0123456789abcdef0123456789abcdef", hasIpv6: true }));
}

test("a sandbox whose ports all pass a proxy has its sockets only", () => {
  assert.deepEqual(plan(), { sockets: [], awaited: [], ports: null });
  assert.deepEqual(plan("Publish=127.0.0.1:80:80", "Publish=81:81,proxy-protocol", "Listen=53/udp"), {
    sockets: [
      { unit: "sandbox-web-80.socket", protocol: "tcp", port: 80 },
      { unit: "sandbox-web-81.socket", protocol: "tcp", port: 81 },
      { unit: "sandbox-web-listen.socket", protocol: "udp", port: 53 },
    ],
    awaited: [],
    ports: null,
  });
});

test("what the kernel leads to has no socket, and must be free", () => {
  const { sockets, ports } = plan("Publish=80:80", "Publish=[2001:db8::7]:53-54:53-54/udp", "Publish=127.0.0.1:81:81");
  assert.deepEqual(sockets, [{ unit: "sandbox-web-81.socket", protocol: "tcp", port: 81 }]);
  assert.deepEqual(ports?.taken, [
    { protocol: "tcp", port: 80, address: "*" },
    { protocol: "udp", port: 53, address: "[2001:db8::7]" },
    { protocol: "udp", port: 54, address: "[2001:db8::7]" },
  ]);
  assert.equal(ports.link.device, "sp-web");
  assert.match(ports.rules.open, /ports4 \{ tcp \. 80 : /);
});

test("on demand systemd has the ports, and each port inside is waited for where its clients come", () => {
  const { sockets, awaited, ports } = plan(
    ...["OnDemand=yes", "Publish=80:80", "Publish=53:53/udp", "Publish=127.0.0.1:81:80", "Publish=82:80"],
  );
  assert.deepEqual(
    sockets.map(({ unit }) => unit),
    ["sandbox-web-53.udp.socket", "sandbox-web-80.socket", "sandbox-web-81.socket", "sandbox-web-82.socket"],
  );
  assert.deepEqual(awaited, [
    { protocol: "tcp", port: 80, byLink: true },
    { protocol: "udp", port: 53, byLink: true },
    { protocol: "tcp", port: 80, byLink: false },
  ]);
  assert.deepEqual(ports?.taken, []);
});
