import assert from "node:assert/strict";
import { test } from "node:test";
import {
  describePublish,
  eachPort,
  isOnLoopback,
  parseListen,
  parsePublish,
  type Publish,
  publishSamePlace,
} from "../../../../conf/values/publish.ts";

const port: Publish = {
  ...{ address: undefined, hostPort: 8080, port: 80, count: 1 },
  ...{ protocol: "tcp", proxyProtocol: false },
};

test("a port alone is published on all addresses", () => {
  assert.deepEqual(parsePublish("8080:80"), port);
  assert.deepEqual(parsePublish("8080:80/tcp"), port);
});

test("an address comes before it, of IPv6 in brackets and in its shortest form", () => {
  assert.equal(parsePublish("127.0.0.1:8080:80").address, "127.0.0.1");
  assert.equal(parsePublish("[0:0::1]:8080:80").address, "[::1]");
  assert.equal(parsePublish("[::ffff:127.0.0.1]:8080:80").address, "127.0.0.1");
  assert.equal(parsePublish("[::FFFF:c0a8:7]:8080:80").address, "192.168.0.7");
});

test("a range leads to as many ports of the sandbox", () => {
  assert.deepEqual(parsePublish("6000-6010:7000-7010"), { ...port, hostPort: 6000, port: 7000, count: 11 });
  assert.deepEqual(parsePublish("8080-8080:80-80"), port);
  assert.deepEqual(parsePublish("[::]:1-1000:64536-65535/udp"), {
    ...{ address: "[::]", hostPort: 1, port: 64_536, count: 1000 },
    ...{ protocol: "udp", proxyProtocol: false },
  });
  assert.deepEqual(eachPort(parsePublish("127.0.0.1:81-83:1-3")).map(describePublish), [
    "127.0.0.1:81:1",
    "127.0.0.1:82:2",
    "127.0.0.1:83:3",
  ]);
});

test("a range that goes down, is longer on one side or has too many ports is refused with the reason", () => {
  for (const text of ["80-79:80-79", "80-81:80", "80:80-81", "80-82:80-81", "80-81:81-80"])
    assert.throws(() => parsePublish(text), /both ranges must go up and have the same number of ports/, text);
  assert.throws(() => parsePublish("1-1001:1-1001"), /at most 1000 ports are allowed in a range/);
});

test("UDP does not lead to the loopback inside", () => {
  assert.deepEqual(parsePublish("53:5353/udp"), { ...port, hostPort: 53, port: 5353, protocol: "udp" });
  assert.equal(parsePublish("192.0.2.7:53:53/udp").address, "192.0.2.7");
  for (const address of ["127.0.0.1", "127.9.9.9", "[::1]", "[0::1]"])
    assert.throws(() => parsePublish(`${address}:53:53/udp`), /UDP cannot be passed to the sandbox's loopback/);
});

test("the PROXY protocol is asked for by name, and for TCP", () => {
  assert.deepEqual(parsePublish("8080:80,proxy-protocol"), { ...port, proxyProtocol: true });
  assert.deepEqual(parsePublish("8080:80/tcp,proxy-protocol"), { ...port, proxyProtocol: true });
  assert.throws(() => parsePublish("8080:80/udp,proxy-protocol"), /the PROXY protocol is for TCP only/);
  for (const option of [",", ",proxy", ",proxy-protocol,", ",proxy-protocol ", ", proxy-protocol"])
    assert.throws(() => parsePublish(`8080:80${option}`), /only ,proxy-protocol is known/, option);
});

test("a published port is shown as a conf spells it, and the shortest", () => {
  for (const [text, shown] of [
    ["8080:80/tcp", "8080:80"],
    ["80-80:81-81", "80:81"],
    ["[0::7]:80-81:90-91/udp", "[::7]:80-81:90-91/udp"],
    ["127.0.0.1:1-2:1-2/tcp,proxy-protocol", "127.0.0.1:1-2:1-2,proxy-protocol"],
  ] as const) {
    assert.equal(describePublish(parsePublish(text)), shown);
    assert.deepEqual(parsePublish(shown), parsePublish(text));
  }
});

test("the addresses of the host's loopback are told from others", () => {
  const isLocal = (address: string): boolean => isOnLoopback(parsePublish(`${address}80:80`));
  for (const address of ["127.0.0.1:", "127.255.0.9:", "[::1]:"]) assert.equal(isLocal(address), true, address);
  for (const address of ["", "0.0.0.0:", "[::]:", "12.7.0.1:", "[::127]:"]) assert.equal(isLocal(address), false);
});

for (const wrong of [
  "80",
  "0:80",
  "80:0",
  "65536:80",
  "80:80:80",
  "256.0.0.1:80:80",
  "01.0.0.1:80:80",
  "::1:80:80",
  "[::g]:1:1",
  "[1]:1:1",
  "8080:80 ",
  "-1:80",
  "1e3:80",
  "80-:80-",
  "-80:-80",
  "0-1:0-1",
  "65535-65536:1-2",
  "1-2:65535-65536",
  "80-81-82:80-81-82",
  "53:53/sctp",
  "53:53/UDP",
  "53:53/",
  "",
]) {
  test(`${JSON.stringify(wrong)} is refused`, () => {
    assert.throws(() => parsePublish(wrong), { name: "ValueError" });
  });
}

test("two listeners are in each other's way on the same port and an address that both cover", () => {
  const collide = (...texts: readonly [string, string]): boolean => {
    const [one, other] = [parsePublish(texts[0]), parsePublish(texts[1])];
    assert.equal(publishSamePlace(other, one), publishSamePlace(one, other));
    return publishSamePlace(one, other);
  };
  assert.equal(collide("80:1", "80:2"), true);
  assert.equal(collide("80:1", "127.0.0.1:80:2"), true);
  assert.equal(collide("0.0.0.0:80:1", "127.0.0.1:80:2"), true);
  assert.equal(collide("[::]:80:1", "[::1]:80:2"), true);
  assert.equal(collide("[::1]:80:1", "[0::1]:80:2"), true);
  assert.equal(collide("0.0.0.0:80:1", "[::]:80:2"), false);
  assert.equal(collide("127.0.0.1:80:1", "127.0.0.2:80:2"), false);
  assert.equal(collide("80:1", "81:1"), false);
  assert.equal(collide("80:1", "80:1/udp"), false);
  assert.equal(collide("80:1/udp", "127.1.1.1:80:1"), false);
  assert.equal(collide("80-89:80-89", "89:1"), true);
  assert.equal(collide("80-89:80-89", "90:1"), false);
  assert.equal(collide("80-89:80-89", "79:1"), false);
  assert.equal(collide("80-89:80-89", "85-95:1-11"), true);
  assert.equal(collide("80-89:80-89", "82-83:1-2"), true);
  assert.equal(collide("127.0.0.1:80-89:80-89", "127.0.0.2:82-83:1-2"), false);
});

test("Listen= is a port of the host, of TCP or UDP", () => {
  assert.deepEqual(parseListen("2222"), { address: undefined, hostPort: 2222, protocol: "tcp" });
  assert.deepEqual(parseListen("[::1]:53/udp"), { address: "[::1]", hostPort: 53, protocol: "udp" });
  assert.deepEqual(parseListen("127.0.0.1:80/tcp"), { address: "127.0.0.1", hostPort: 80, protocol: "tcp" });
  for (const text of ["", "0", "65536", "a", "80:80", "1.2.3:80", "80/sctp", "::1:80"]) {
    assert.throws(() => parseListen(text), { name: "ValueError" }, text);
  }
});

test("TCP and UDP are different places", () => {
  assert.equal(publishSamePlace(parseListen("53"), parseListen("53/udp")), false);
  assert.equal(publishSamePlace(parseListen("127.0.0.1:80"), parsePublish("80:8080")), true);
  assert.equal(publishSamePlace(parseListen("85"), parsePublish("80-89:80-89")), true);
  assert.equal(publishSamePlace(parseListen("85/udp"), parsePublish("80-89:80-89")), false);
  assert.equal(publishSamePlace(parsePublish("80-89:80-89/udp"), parseListen("85/udp")), true);
});
