import assert from "node:assert/strict";
import test from "node:test";
import { isAccountFile, planAccounts } from "../../../../helpers/sandbox/manifest/accounts.ts";
import { fakeHost, file } from "./fake-host.ts";

const passwd =
  "root:$1$hash:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/bin/false\nanna:x:1000:1000::/home/anna:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n+::::::\n";
const group = "root:x:0:\nadm:x:4:anna,www-data\nshadow:x:42:\nanna:x:1000:\nnogroup:x:65534:\n";

function contents(more: Record<string, ReturnType<typeof file>> = {}, needed: string[] = []): Record<string, string> {
  const entries = planAccounts(fakeHost({ "/etc/passwd": file(passwd), "/etc/group": file(group), ...more }), needed);
  return Object.fromEntries(
    entries.map(({ path, source }) => [path.slice(5), source !== undefined && "text" in source ? source.text : ""]),
  );
}

test("system accounts and nobody are kept, people and NIS lines are not, and no password is", () => {
  assert.equal(
    contents()["passwd"],
    "root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/bin/false\nnobody:x:65534:65534::/:/bin/false\n",
  );
});

test("groups lose the members that are not in the sandbox", () => {
  assert.equal(contents()["group"], "root:x:0:\nadm:x:4:www-data\nshadow:x:42:\nnogroup:x:65534:\n");
  const others = contents({ "/etc/group": file("adm:x:4:root,anna,www-data,nobody\n") });
  assert.equal(others["group"], "adm:x:4:root,www-data,nobody\n");
});

test("shadow and gshadow lock every account", () => {
  assert.equal(contents()["shadow"], "root:!*:::::::\nwww-data:!*:::::::\nnobody:!*:::::::\n");
  assert.equal(contents()["gshadow"], "root:!*::\nadm:!*::www-data\nshadow:!*::\nnogroup:!*::\n");
});

test("shadow belongs to the group of that name and is closed to others", () => {
  const entry = planAccounts(fakeHost({ "/etc/passwd": file(passwd), "/etc/group": file(group) }), []).find(
    ({ path }) => path === "/etc/shadow",
  );
  assert.deepEqual([entry?.owner, entry?.group, entry?.mode], [0, 42, 0o640]);
});

test("what counts as a system account is what login.defs says", () => {
  const text = contents({ "/etc/login.defs": file("#SYS_UID_MAX 10\nSYS_UID_MAX\t\t1000\n") })["passwd"] ?? "";
  assert.ok(text.includes("anna:x:1000"));
});

test("a person whom the service runs as is there, with the person's own group, by name or by id", () => {
  for (const needed of ["anna", "1000"]) {
    const texts = contents({}, [needed]);
    assert.match(texts["passwd"] ?? "", /^anna:x:1000:/m);
    assert.match(texts["group"] ?? "", /^anna:x:1000:$/m);
    assert.match(texts["shadow"] ?? "", /^anna:!/m);
  }
});

test("an account of the last id that login.defs names is the system's, of users and of groups each", () => {
  const host = {
    "/etc/passwd": file("a:x:500:500::/:/bin/sh\nb:x:501:600::/:/bin/sh\n"),
    "/etc/group": file("c:x:600:a,b\nd:x:601:a\n"),
    "/etc/login.defs": file("SYS_UID_MAX 500\n  SYS_GID_MAX 600\n"),
  };
  assert.equal(contents(host)["passwd"], "a:x:500:500::/:/bin/sh\n");
  assert.equal(contents(host)["group"], "c:x:600:a\n");
});

test("the first group of each user is there, whatever its id", () => {
  const host = {
    "/etc/passwd": file("a:x:500:2000::/:\n"),
    "/etc/group": file("shared:x:2000:\nother:x:2001:\n"),
  };
  assert.equal(contents(host)["group"], "shared:x:2000:\n");
});

test("without login.defs the last is 999, and lines with half an account are none", () => {
  const host = {
    "/etc/passwd": file("a:x:999:1::/:\nb:x:1000:1::/:\nhalf:x\nc:x:1x:1::/:\nd:x::1::/:\ne:x:x1:1::/:\n"),
  };
  assert.equal(contents(host, ["half", "c", "d", "e"])["passwd"], "a:x:999:1::/:\n");
});

test("without a group shadow, shadow is root's, and nobody has ids to pass on", () => {
  const entries = planAccounts(fakeHost({}), []);
  assert.deepEqual(
    entries.map(({ path, group, kind }) => `${path} ${kind} ${group}`),
    ["passwd", "group", "shadow", "gshadow", "subuid", "subgid"].map((name) => `/etc/${name} file 0`),
  );
});

test("nobody and nogroup are there, also if they have nothing to do with each other", () => {
  const host = {
    "/etc/passwd": file("nobody:x:65534:65533::/:\n"),
    "/etc/group": file("nogroup:x:65534:\nother:x:65535:\n"),
  };
  assert.equal(contents(host)["passwd"], "nobody:x:65534:65533::/:\n");
  assert.equal(contents(host)["group"], "nogroup:x:65534:\n");
});

test("a copy of an account file, and one elsewhere, are none", () => {
  for (const name of ["passwd", "group", "shadow", "gshadow"]) {
    assert.equal(isAccountFile(`/etc/${name}`), true);
    for (const other of [`/etc/${name}-`, `/etc/x/${name}`, `/srv/etc/${name}`, `/etc/x${name}`])
      assert.equal(isAccountFile(other), false);
  }
});
