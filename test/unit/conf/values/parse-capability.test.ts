import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCapability } from "../../../../conf/values/kinds.ts";

test("a capability has a sign, and its prefix and case do not matter", () => {
  for (const text of ["+cap_net_raw", "+net_raw", "+CAP_NET_RAW"]) {
    assert.deepEqual(parseCapability(text), { sign: "+", name: "CAP_NET_RAW" });
  }
  assert.equal(parseCapability("-kill").sign, "-");
  assert.deepEqual(parseCapability("-ALL"), { sign: "-", name: "all" });
});

test("a slip names the nearest", () => {
  assert.throws(() => parseCapability("+net_rwa"), /the nearest is CAP_NET_RAW/);
  assert.throws(() => parseCapability("+nonsense"), { message: "CAP_NONSENSE is not a capability that libvirt knows" });
});

for (const wrong of ["net_raw", "+", "+net raw", "+kill,+chown"]) {
  test(`Capabilities=${wrong} is refused`, () => {
    assert.throws(() => parseCapability(wrong), /^ValueError: expected \+CAPABILITY or -CAPABILITY/);
  });
}
