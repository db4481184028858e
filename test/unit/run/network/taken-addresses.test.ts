import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { listTaken, renderTaken } from "../../../../helpers/run/network/taken-addresses.ts";
import type { StartNetwork } from "../../../../helpers/run/plan/start-plan.ts";

const on = (kind: "libvirt" | "bridge", network: string, ...addresses: readonly string[]): StartNetwork => ({
  kind,
  network,
  device: "sb",
  dhcp: addresses.length === 0,
  ...{ addresses, rules: null, servers: null },
});
const bridge = { name: "virbr0", of: (network: string) => ({ default: "virbr0", lab: "virbr1" })[network] };
const host = [
  { family: 4, text: "127.0.0.1", device: "lo" },
  { family: 6, text: "::1", device: "lo" },
  { family: 4, text: "192.0.2.1", device: "virbr0" },
  { family: 4, text: "198.18.0.1", device: "sp-web" },
] as const;

// A4
test("taken are the host's addresses, and those that confs give on the same bridge, however they name it", () => {
  const networks: readonly StartNetwork[] = [
    on("libvirt", "default", "192.0.2.7", "2001:db8::7"),
    on("bridge", "virbr0", "192.0.2.6"),
    on("bridge", "default", "192.0.2.5"),
    on("libvirt", "lab", "192.0.2.4"),
    on("libvirt", "down", "192.0.2.3"),
    on("libvirt", "default"),
    on("libvirt", "default", "192.0.2.1"),
    { kind: "host" },
  ];
  const named = new Map(networks.map((network, index) => [parseSandboxName(`s${index}`), network]));
  assert.deepEqual(listTaken(bridge, host, named), ["127.0.0.1", "192.0.2.1", "192.0.2.6", "192.0.2.7"]);
});

test("nft puts them in place of those before", () => {
  assert.equal(
    renderTaken("virbr0", ["127.0.0.1", "192.0.2.1"]),
    `add table bridge sandboxcontainer
add set bridge sandboxcontainer taken-virbr0 { typeof @nh,96,32; }
flush set bridge sandboxcontainer taken-virbr0
add element bridge sandboxcontainer taken-virbr0 { 0x7f000001, 0xc0000201 }
`,
  );
});

test("a host without an address empties the set", () => {
  assert.doesNotMatch(renderTaken("br0", []), /element/);
});
