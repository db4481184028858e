import assert from "node:assert/strict";
import { test } from "node:test";
import { parseMount, parseSize } from "../../../../conf/values/mount.ts";

test("a folder of the host is named after the equals sign", () => {
  assert.deepEqual(parseMount("host-bind:/srv/www=/data/a=b"), {
    kind: "host-bind",
    target: "/srv/www",
    source: "/data/a=b",
    readOnly: false,
    suid: false,
  });
});

// A2
test("set-user-id files that work on the host are asked for beside the kind, so that a colon stays part of a path", () => {
  const asked = { kind: "host-bind", target: "/srv/www", source: "/data/www:suid", readOnly: false, suid: true };
  assert.deepEqual(parseMount("host-bind,suid:/srv/www=/data/www:suid"), asked);
  assert.deepEqual(parseMount("host-bind:/srv/www=/data/www:suid"), { ...asked, suid: false });
});

test("a folder or file of the host may be shown read-only", () => {
  const asked = { kind: "host-bind", target: "/etc/motd", source: "/srv/motd", readOnly: true, suid: false };
  assert.deepEqual(parseMount("host-bind,ro:/etc/motd=/srv/motd"), asked);
  for (const wrong of ["ram,ro:/x=1M", "guest-bind,ro:/x=/y", "host-image,ro:/x=/y"])
    assert.throws(() => parseMount(wrong), /ro works only with host-bind/);
  assert.throws(() => parseMount("host-bind,ro,suid:/x=/y"), /expected host-bind/);
});

test("a folder of the host with sockets may be in /run, but not where PID 1 and our programs have theirs", () => {
  assert.equal(parseMount("host-bind,ro:/run/mysqld=/run/mysqld").target, "/run/mysqld");
  for (const target of [
    "/run",
    "/run/host",
    "/run/host/x",
    "/run/systemd",
    "/run/systemd/journal",
    "/run/sandboxcontainer",
  ])
    assert.throws(
      () => parseMount(`host-bind:${target}=/srv/x`),
      /of a sandbox, except on a folder such as \/run\/NAME$/,
    );
  assert.equal(parseMount("host-bind:/run/systemd-x=/srv/x").target, "/run/systemd-x");
  assert.throws(() => parseMount("ram:/run/x=1M"), /of a sandbox$/);
  assert.throws(() => parseMount("host-bind:/sys/x=/srv/x"), /of a sandbox, except/);
});

// A7
test("a path stays the same in a line and in XML: a tab became a blank for libvirt, and U+2028 ended the line for attach", () => {
  for (const path of ["/a\tb", "/a\u2028b", "/a\u0085b", "/a\uffff"]) {
    assert.throws(() => parseMount(`host-bind:/srv=${path}`), /absolute path/);
    assert.throws(() => parseMount(`host-bind:${path}=/srv`), /absolute path/);
  }
});

test("what sandboxes are made by is no source, nor what has it in it", () => {
  for (const source of ["/var/lib/sandboxcontainer/other/root", "/run/host", "/etc/sandboxcontainer"])
    assert.throws(() => parseMount(`host-bind:/srv=${source}`), /is part of .*root inside must not write/);
  for (const source of ["/var/lib", "/etc", "/run"])
    assert.throws(() => parseMount(`host-bind,suid:/srv=${source}`), /contains .*root inside must not write/);
  assert.throws(() => parseMount("host-image:/srv=/var/lib/sandboxcontainer/web/root.img"), /is part of/);
  assert.equal(parseMount("guest-bind:/srv=/var/lib").kind, "guest-bind");
  assert.equal(parseMount("host-bind:/srv=/run/hosts").kind, "host-bind");
});

test("only a folder of the sandbox's own may cover one of /usr, and none of /usr's own folders", () => {
  assert.equal(parseMount("guest-bind:/usr/lib/web/cache=/srv/cache").target, "/usr/lib/web/cache");
  assert.throws(() => parseMount("guest-bind:/usr/lib=/srv/lib"), /except on a folder such as \/usr\/lib\/NAME$/);
  assert.throws(() => parseMount("ram:/usr/lib/web=1M"), /of a sandbox$/);
  assert.throws(() => parseMount("guest-bind:/proc/sys/x=/srv"), /of a sandbox, except/);
});

test("elsewhere a folder may have the name of one of those", () => {
  assert.equal(parseMount("ram:/srv/run=1M").target, "/srv/run");
  assert.throws(() => parseMount("guest-bind:/run/usr/lib/web=/srv"), /of a sandbox, except/);
});

test("a folder of the host may be at its own path, and one inside may not", () => {
  assert.equal(parseMount("host-bind:/srv/www=/srv/www").kind, "host-bind");
  assert.throws(() => parseMount("guest-bind:/srv/www=/srv/www"), /cannot be mounted on itself/);
});

test("what lacks a part is told all parts", () => {
  for (const text of ["/srv=/x", ":/srv=/x", "host-bind:=/x", "host-bind:/srv=", "ram:/srv", "ram:/srv="])
    assert.throws(() => parseMount(text), /^ValueError: expected host-bind:INSIDE=FOLDER, /, text);
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
  "host-image:/srv=x.img",
  "host-bind,nosuid:/srv=/x",
  "host-image,suid:/srv=/x.img",
  "ram,suid:/srv=1M",
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
