import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { findConflicts } from "../../../conf/find-conflicts.ts";
import { mergeText } from "./conf-of.ts";

function load(name: string, ...mounts: readonly string[]) {
  const lines = mounts.map((mount) => `Mount=${mount}\n`).join("");
  const merged = mergeText(`[Sandbox]\nUnit=apache2.service\n${lines}`, name);
  return { name: parseSandboxName(name), path: merged.conf.path, ...merged };
}

// A7
test("a folder below one that another sandbox can write is refused, and the other is named", () => {
  const conflicts = findConflicts([
    load("outer", "ram:/x=1M", "host-bind:/srv=/data"),
    load("inner", "host-bind:/srv=/data/a/b"),
    load("beside", "host-bind:/srv=/database"),
  ]);
  assert.deepEqual([...conflicts.keys()], ["inner"]);
  const [error] = conflicts.values().next().value ?? [];
  assert.equal(
    error?.message,
    "/etc/sandboxcontainer/inner.conf:3: Mount=: /data/a/b is below /data, which sandbox outer can write to (/etc/sandboxcontainer/outer.conf:4)",
  );
  assert.deepEqual([error.key, error.hint], ["Mount", "Choose a folder outside it, or the same folder for both"]);
});

// A7
test("the same folder may be in two sandboxes, and one below another in the same", () => {
  assert.equal(findConflicts([load("a", "host-bind:/srv=/data"), load("b", "host-bind,suid:/mnt=/data")]).size, 0);
  assert.equal(findConflicts([load("a", "host-bind,ro:/srv=/data"), load("b", "host-bind:/mnt=/data/b")]).size, 0);
  assert.equal(findConflicts([load("a", "host-bind:/srv=/data"), load("b", "host-bind,ro:/mnt=/data/b")]).size, 1);
  assert.equal(findConflicts([load("a", "host-bind:/srv=/data", "host-bind:/mnt=/data/a")]).size, 0);
});

// A7
test("who shares a folder with another sandbox has no other mount below it", () => {
  const sharing = [load("a", "host-bind:/srv=/data"), load("b", "host-bind:/srv=/data", "host-bind:/mnt=/data/b")];
  for (const order of [sharing, sharing.toReversed()]) assert.deepEqual([...findConflicts(order).keys()], ["b"]);
});

// A7
test("an image may be below no folder that any sandbox can write, its own neither", () => {
  const own = findConflicts([load("a", "host-image:/mnt=/data/image", "host-bind:/srv=/data")]);
  const [error] = own.values().next().value ?? [];
  assert.match(error?.message ?? "", /image is below \/data, which sandbox a can write/);
  assert.equal(error?.hint, "Keep the image elsewhere");
  assert.equal(findConflicts([load("a", "host-image:/mnt=/data/image"), load("b", "host-image:/mnt=/data")]).size, 0);
});

// A7
test("each of several is told, and names of folders are compared whole", () => {
  const conflicts = findConflicts([
    load("outer", "host-bind:/srv=/data", "host-bind:/mnt=/more"),
    load("inner", "host-bind:/srv=/data/a", "host-image:/mnt=/more/b/image", "host-bind:/opt=/dat/a"),
  ]);
  assert.deepEqual(
    [...conflicts].map(([name, errors]) => `${name} ${errors.length}`),
    ["inner 2"],
  );
});

test("nothing is mounted inside below a folder that another sandbox has too, but for folders of its own", () => {
  const shared = load("other", "host-bind:/mnt=/data");
  for (const mount of ["ram:/srv/a=1M", "host-bind:/srv/a/b=/more", "host-image:/srv/a=/image"]) {
    const nested = load("a", mount, "host-bind:/srv=/data");
    assert.equal(findConflicts([nested]).size, 0);
    const conflicts = findConflicts([nested, shared]);
    assert.deepEqual([...conflicts.keys()], ["a"]);
    const [error] = conflicts.get(nested.name) ?? [];
    assert.match(
      error?.message ?? "",
      /^\/etc\/sandboxcontainer\/a\.conf:3: Mount=: \/srv\/a\S* is below \/srv, where \/data is, which sandbox other can write to as well \(\/etc\/sandboxcontainer\/other\.conf:3\)$/,
    );
    assert.equal(error?.hint, "Choose another place for one of the two");
  }
  for (const mount of ["guest-bind:/srv/a=/opt/a", "ram:/srvs=1M"])
    assert.equal(findConflicts([load("a", "host-bind:/srv=/data", mount), shared]).size, 0, mount);
});
