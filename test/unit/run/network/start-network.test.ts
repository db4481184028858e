import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStartNetwork, renderStartNetwork } from "../../../../helpers/run/network/start-network.ts";

test("what prepare writes down of a network is what a start reads", () => {
  const device = "sb-web";
  for (const [network, text] of [
    [{ kind: "host" }, "host\n"],
    [{ kind: "libvirt", network: "default", device, dhcp: true, addresses: [] }, "libvirt default sb-web dhcp\n"],
    [
      { kind: "bridge", network: "br0", device, dhcp: false, addresses: ["192.0.2.7", "2001:db8::7"] },
      "bridge br0 sb-web static 192.0.2.7 2001:db8::7\n",
    ],
  ] as const) {
    assert.equal(renderStartNetwork(network), text);
    assert.deepEqual(parseStartNetwork(text), network);
  }
});

test("any other text is no network", () => {
  for (const text of ["", "\n", "wlan default"]) assert.equal(parseStartNetwork(text), undefined);
});
