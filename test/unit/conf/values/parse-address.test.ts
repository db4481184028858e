import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fromBits,
  isInSubnet,
  parseInterfaceAddress,
  parseIpAddress,
  parseMacAddress,
  parseRoute,
  toBits,
} from "../../../../conf/values/network.ts";

const refuses = (parse: (text: string) => unknown, ...texts: readonly string[]): void => {
  for (const text of texts) assert.throws(() => parse(text), { name: "ValueError" }, JSON.stringify(text));
};

test("an address has one spelling, whatever was written", () => {
  assert.deepEqual(parseIpAddress("192.0.2.7"), { family: 4, text: "192.0.2.7" });
  assert.deepEqual(parseIpAddress("2001:DB8:0:0::07"), { family: 6, text: "2001:db8::7" });
  refuses(
    parseIpAddress,
    "",
    "192.0.2",
    "192.0.2.256",
    "192.0.02.7",
    "1.2.3.4.5",
    ":::",
    "fe80::1%eth0",
    "a.b",
    "::1/64",
    // These would be something else of a URL.
    "::1]/x",
    "a@[::1",
  );
});

test("Address= is dhcp, or a host's address with its subnet", () => {
  assert.deepEqual(parseInterfaceAddress("dhcp"), { kind: "dhcp" });
  assert.deepEqual(parseInterfaceAddress("192.0.2.7/24"), { kind: "static", family: 4, text: "192.0.2.7", prefix: 24 });
  assert.deepEqual(parseInterfaceAddress("2001:db8::7/64"), {
    kind: "static",
    family: 6,
    text: "2001:db8::7",
    prefix: 64,
  });
  for (const text of ["DHCP", "192.0.2.7", "192.0.2.7/", "/24", "/192.0.2.7/24"])
    assert.throws(() => parseInterfaceAddress(text), /expected an address with a prefix length/, text);
  refuses(parseInterfaceAddress, "192.0.2.7/33", "192.0.2.7/0", "2001:db8::7/129");
  refuses(
    parseInterfaceAddress,
    "127.0.0.1/8",
    "0.0.0.0/24",
    "224.0.0.1/24",
    "255.255.255.255/24",
    "::1/128",
    "ff02::1/64",
  );
});

test("a route leads to a subnet over a gateway of the same family", () => {
  const { to, gateway } = parseRoute("10.0.0.0/8 via 192.0.2.1");
  assert.deepEqual([to.text, to.prefix, gateway.text], ["10.0.0.0", 8, "192.0.2.1"]);
  assert.deepEqual(parseRoute("10.0.0.0/8  via  192.0.2.1"), { to, gateway });
  for (const text of [
    "10.0.0.0/8",
    "10.0.0.0/8 192.0.2.1",
    "x 10.0.0.0/8 via 192.0.2.1",
    "10.0.0.0/8 via 192.0.2.1 x",
    "10.0.0.0/8via 192.0.2.1",
    "10.0.0.0/8 via192.0.2.1",
    "10.0.0.0/8 via ",
    " via 192.0.2.1",
  ])
    assert.throws(() => parseRoute(text), /expected SUBNET via GATEWAY/, text);
  refuses(parseRoute, "10.0.0.0 via 192.0.2.1", "10.0.0.0/8 via 2001:db8::1");
});

test("a MAC address is that of one interface", () => {
  assert.equal(parseMacAddress("52:54:00:AB:cd:ef"), "52:54:00:ab:cd:ef");
  for (const digit of "02468ACE") assert.equal(parseMacAddress(`5${digit}:54:00:ab:cd:ef`).length, 17);
  for (const digit of "13579BDF") refuses(parseMacAddress, `5${digit}:54:00:ab:cd:ef`);
  refuses(
    parseMacAddress,
    "52:54:00:ab:cd",
    "00:52:54:00:ab:cd:ef",
    "01:00:5e:00:00:01",
    "ff:ff:ff:ff:ff:ff",
    "00:00:00:00:00:00",
    "5254.00ab.cdef",
  );
});

test("addresses as numbers tell who is in a subnet", () => {
  assert.equal(toBits(parseIpAddress("192.0.2.7")), 0xc0000207n);
  assert.equal(toBits(parseIpAddress("2001:db8::1:0:7")), 0x20010db8000000000000000100000007n);
  assert.equal(toBits(parseIpAddress("::")), 0n);
  const subnet = { ...parseIpAddress("192.0.2.7"), prefix: 25 };
  assert.equal(isInSubnet(parseIpAddress("192.0.2.126"), subnet), true);
  assert.equal(isInSubnet(parseIpAddress("192.0.2.129"), subnet), false);
  assert.equal(isInSubnet(parseIpAddress("::c000:207"), subnet), false);
  const isIn = (text: string, prefix: number): boolean =>
    isInSubnet(parseIpAddress(text), { ...parseIpAddress("2001:db8::2"), prefix });
  assert.deepEqual([isIn("2001:db8::2", 128), isIn("2001:db8::3", 128)], [true, false]);
  assert.deepEqual([isIn("2001:db8::3", 127), isIn("2001:db8::4", 127), isIn("::", 0)], [true, false, true]);
});

test("a number is the address of which it is the number", () => {
  for (const text of ["0.0.0.0", "192.0.2.7", "255.255.255.255"])
    assert.deepEqual(fromBits(4, toBits(parseIpAddress(text))), { family: 4, text });
  for (const text of ["::", "::1", "2001:db8::1:0:7", "1:2:3:4:5:6:7:8", "::ffff:c000:207", `ffff${":ffff".repeat(7)}`])
    assert.deepEqual(fromBits(6, toBits(parseIpAddress(text))), { family: 6, text });
});
