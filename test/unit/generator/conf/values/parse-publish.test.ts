import assert from "node:assert/strict";
import { test } from "node:test";
import { parseListen, parsePublish, publishSamePlace } from "../../../../../generator/conf/values/parse-publish.ts";

test("a port alone is published on all addresses", () => {
  assert.deepEqual(parsePublish("8080:80"), { address: undefined, hostPort: 8080, port: 80, protocol: "tcp" });
  assert.deepEqual(parsePublish("8080:80/tcp"), parsePublish("8080:80"));
});

test("an address comes before it, of IPv6 in brackets and in its shortest form", () => {
  assert.equal(parsePublish("127.0.0.1:8080:80").address, "127.0.0.1");
  assert.equal(parsePublish("[0:0::1]:8080:80").address, "[::1]");
});

test("UDP is refused by name", () => {
  assert.throws(() => parsePublish("53:53/udp"), /UDP has no connections to pass on/);
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
});
