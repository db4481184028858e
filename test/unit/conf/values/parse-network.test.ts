import assert from "node:assert/strict";
import { test } from "node:test";
import { describeNetwork, hasInterface, parseNetwork } from "../../../../conf/values/network.ts";

test("a network is none, the host's, one of libvirt's, or a bridge, and is shown as it was written", () => {
  const kinds = { none: "none", host: "host", default: "libvirt", "lab-1.2": "libvirt", "bridge:br0": "bridge" };
  for (const [text, kind] of Object.entries(kinds)) {
    const network = parseNetwork(text);
    assert.equal(network.kind, kind);
    assert.equal(describeNetwork(network), text);
    assert.equal(hasInterface(network), kind === "libvirt" || kind === "bridge");
  }
});

test("what can be no network or interface is refused", () => {
  for (const text of [
    "",
    "a b",
    "-x",
    "../x",
    "bridge:",
    "bridge:a/b",
    `bridge:${"x".repeat(16)}`,
    "x".repeat(65),
    "a'b",
  ]) {
    assert.throws(() => parseNetwork(text), { name: "ValueError" }, text);
  }
});
