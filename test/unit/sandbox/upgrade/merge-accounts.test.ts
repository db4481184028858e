import assert from "node:assert/strict";
import test from "node:test";
import { mergeAccounts } from "../../../../helpers/sandbox/upgrade/merge-accounts.ts";

const base = "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/var/www:/bin/false\nold:x:40:40::/:/bin/false\n";

// It ran with the group of another account.
test("a user does not come whose group is another one inside", () => {
  const [inside, host] = ["root:x:0:0::/:/x\n", "root:x:0:0::/:/x\nfoo:x:110:112::/:/x\n"];
  const merge = (own: string, hosts = "foo:x:112:\n"): readonly string[] =>
    mergeAccounts("/etc/passwd", inside, inside, host, { inside: own, host: hosts }).clashes;
  assert.deepEqual(merge("bar:x:112:\n"), ["foo"]);
  assert.deepEqual(merge("foo:x:112:\n"), []);
  assert.deepEqual(merge(""), []);
  assert.deepEqual(merge("bar:x:112:\n", ""), []);
});

test("a user who has such a group already still follows the host, and a number in a group's members is no group", () => {
  const groups = { inside: "bar:x:112:\n", host: "foo:x:112:\n" };
  const [inside, host] = ["foo:x:110:112::/:/x\n", "foo:x:110:112:Foo:/:/x\n"];
  assert.deepEqual(mergeAccounts("/etc/passwd", inside, inside, host, groups), { text: host, clashes: [] });
  const added = "new:x:50:112\n";
  assert.deepEqual(mergeAccounts("/etc/group", "", "", added, groups), { text: added, clashes: [] });
});

test("users that the host got come in, the sandbox's own and its changes stay, what it removed stays away", () => {
  const inside =
    "root:x:0:0::/root:/bin/bash\nweb:x:33:33::/var/www:/bin/false\nmine:x:1000:1000::/home/mine:/bin/sh\n";
  const host = `${base.replace("/var/www", "/srv/www")}new:x:41:41::/:/bin/false\n`;
  const { text, clashes } = mergeAccounts("/etc/passwd", inside, base, host);
  assert.equal(
    text,
    "root:x:0:0::/root:/bin/bash\nweb:x:33:33::/srv/www:/bin/false\nmine:x:1000:1000::/home/mine:/bin/sh\nnew:x:41:41::/:/bin/false\n",
  );
  assert.deepEqual(clashes, []);
});

test("an account whose id another one has inside is not added, and named", () => {
  const { text, clashes } = mergeAccounts(
    "/etc/passwd",
    `${base}mine:x:41:100::/:/bin/sh\n`,
    base,
    `${base}new:x:41:41::/:/x\n`,
  );
  assert.doesNotMatch(text, /^new:/m);
  assert.deepEqual(clashes, ["new"]);
  const groups = mergeAccounts("/etc/group", "mine:x:50:a\n", "", "new:x:50:\n");
  assert.deepEqual(groups, { text: "mine:x:50:a\n", clashes: ["new"] });
});

test("a changed id that another account has inside is not taken over: two users had the same one", () => {
  const host = base.replace("web:x:33", "web:x:41");
  const { text, clashes } = mergeAccounts("/etc/passwd", `${base}mine:x:41:41::/:/bin/sh\n`, base, host);
  assert.equal(text, `${base}mine:x:41:41::/:/bin/sh\n`);
  assert.deepEqual(clashes, ["web"]);
});

test("members of a group follow the host one by one", () => {
  for (const [path, record] of [
    ["/etc/group", "adm:x:4:"],
    ["/etc/gshadow", "adm:!*::"],
  ] as const) {
    const merge = (...texts: readonly [inside: string, base: string, host: string]): string => {
      const [inside, before, host] = texts.map((members) => `${record}${members}\n`);
      return mergeAccounts(path, inside ?? "", before ?? "", host ?? "").text;
    };
    assert.equal(merge("a,mine", "a,b,c", "a,b,d"), `${record}a,mine,d\n`);
    assert.equal(merge("a,c,d", "a,b,c", "a,d"), `${record}a,d\n`);
    assert.equal(merge("", "a", "a,b"), `${record}b\n`);
  }
  assert.equal(mergeAccounts("/etc/group", "adm:x:4\n", "adm:x:4:a\n", "adm:x:4:a,b\n").text, "adm:x:4:b\n");
});

test("lines of NIS stay, each by itself", () => {
  const inside = "root:x:0:0::/:/x\n+@a\n+@b\n";
  assert.equal(mergeAccounts("/etc/passwd", inside, "", "").text, inside);
});

test("shadow records have no ids, and a password that was set inside stays", () => {
  const merged = mergeAccounts("/etc/shadow", "a:$y$own:1::::::\n", "a:!*:::::::\n", "a:!*:::::::\nb:!*:::::::\n");
  assert.equal(merged.text, "a:$y$own:1::::::\nb:!*:::::::\n");
  const added = mergeAccounts("/etc/shadow", "a:!*:1::::::\n", "", "b:!*:1::::::\n");
  assert.deepEqual(added, { text: "a:!*:1::::::\nb:!*:1::::::\n", clashes: [] });
});

test("merging again changes nothing", () => {
  const host = `${base}new:x:41:41::/:/bin/false\n`;
  const once = mergeAccounts("/etc/passwd", `${base}mine:x:50:50::/:/x\n`, base, host).text;
  assert.equal(mergeAccounts("/etc/passwd", once, base, host).text, once);
});
