import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLinkRange } from "../../../../conf/values/network.ts";

test("a range is a subnet with room for the links of many sandboxes", () => {
  assert.deepEqual(parseLinkRange("10.90.0.0/16"), { family: 4, text: "10.90.0.0", prefix: 16 });
  assert.deepEqual(parseLinkRange("FD12:3456:789a:0::/48"), { family: 6, text: "fd12:3456:789a::", prefix: 48 });
  for (const text of ["10.0.0.0/8", "192.0.2.0/24", "fd00::/8", "2001:db8::/58"]) parseLinkRange(text);
});

test("one that is too small, or a large part of all addresses, is refused with what fits", () => {
  for (const text of ["192.0.2.0/25", "192.0.2.4/30", "192.0.2.4/32", "0.0.0.0/0", "8.0.0.0/7"])
    assert.throws(() => parseLinkRange(text), /expected a prefix between \/8 and \/24, |cannot be reached/, text);
  for (const text of ["2001:db8::/59", "2001:db8::/64", "2001:db8::1/128", "fc00::/7"])
    assert.throws(() => parseLinkRange(text), /expected a prefix between \/8 and \/58, /, text);
});

test("an address in a subnet is not the subnet", () => {
  for (const text of ["10.90.0.1/16", "10.90.128.0/16", "fd12::1/48", "fd12:0:0:8000::/48"])
    assert.throws(() => parseLinkRange(text), /the bits after the prefix must be zero/, text);
});

test("addresses that no interface can have, or that say nothing without one, are refused", () => {
  for (const text of ["127.0.0.0/8", "224.0.0.0/8", "0.0.0.0/8", "::/8", "ff00::/8", "fe80::/48", "feb0::/16"])
    assert.throws(() => parseLinkRange(text), /a host cannot be reached by addresses of this subnet/, text);
});

test("anything else is no subnet", () => {
  for (const text of ["", "10.90.0.0", "10.90.0.0/", "10.90.0.0/33", "10.90.0.0/16 ", "fd12::/129", "/16", "dhcp"])
    assert.throws(() => parseLinkRange(text), { name: "ValueError" }, text);
});
