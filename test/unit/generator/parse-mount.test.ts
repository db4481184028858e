import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMount, parseSize } from "../../../generator/parse-mount.ts";

test("a folder of the host is named after the equals sign", () => {
  assert.deepEqual(parseMount("host-bind:/srv/www=/data/a=b"), {
    kind: "host-bind",
    target: "/srv/www",
    source: "/data/a=b",
  });
});

test("memory has a size to the base of 1024", () => {
  assert.deepEqual(parseMount("ram:/var/cache=1.5M"), { kind: "ram", target: "/var/cache", bytes: 1572864 });
  assert.equal(parseSize("4096"), 4096);
  assert.equal(parseSize("2g"), 2 * 1024 ** 3);
});

for (const wrong of ["10", "0", "-1M", "1X", "1e9", "1MiB", "", "9".repeat(15) + "T"]) {
  test(`${JSON.stringify(wrong)} is no size`, () => {
    assert.throws(() => parseSize(wrong), { name: "ValueError" });
  });
}

for (const wrong of [
  "host-bind:/usr/share=/x",
  "ram:/=1M",
  "ram:/dev/shm=1M",
  "host-bind:/srv=data",
  "host-bind:/srv/../etc=/x",
  "host-bind:/srv=/",
  "nfs:/srv=/x",
  "/srv=/x",
  "host-bind:/srv=",
  "host-image:/srv=x.img",
  "guest-bind:/srv=/srv",
  "guest-bind:/srv=/a/../b",
]) {
  test(`Mount=${wrong} is refused`, () => {
    assert.throws(() => parseMount(wrong), { name: "ValueError" });
  });
}

test("an image of the host and a folder inside are named as a folder of the host is", () => {
  for (const kind of ["host-image", "guest-bind"])
    assert.deepEqual(parseMount(`${kind}:/srv/www=/data/x`), { kind, target: "/srv/www", source: "/data/x" });
});
