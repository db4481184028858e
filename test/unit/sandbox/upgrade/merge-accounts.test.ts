import assert from "node:assert/strict";
import test from "node:test";
import { mergeAccounts } from "../../../../helpers/sandbox/upgrade/merge-accounts.ts";

const base = "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/var/www:/bin/false\nold:x:40:40::/:/bin/false\n";

// It ran with the group of another account.
test("a user does not come whose group is another one inside", () => {
  const [inside, host] = ["root:x:0:0::/:/x\n", "root:x:0:0::/:/x\nfoo:x:110:112::/:/x\n"];
  const merge = (own: string): readonly string[] =>
    mergeAccounts("/etc/passwd", inside, inside, host, { inside: own, host: "foo:x:112:\n" }).clashes;
  assert.deepEqual(merge("bar:x:112:\n"), ["foo"]);
  assert.deepEqual(merge("foo:x:112:\n"), []);
  assert.deepEqual(merge(""), []);
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
    `${base}mine:x:41:41::/:/bin/sh\n`,
    base,
    `${base}new:x:41:41::/:/x\n`,
  );
  assert.doesNotMatch(text, /^new:/m);
  assert.deepEqual(clashes, ["new"]);
});

test("a changed id that another account has inside is not taken over: two users had the same one", () => {
  const host = base.replace("web:x:33", "web:x:41");
  const { text, clashes } = mergeAccounts("/etc/passwd", `${base}mine:x:41:41::/:/bin/sh\n`, base, host);
  assert.equal(text, `${base}mine:x:41:41::/:/bin/sh\n`);
  assert.deepEqual(clashes, ["web"]);
});

test("members of a group follow the host one by one", () => {
  const merged = mergeAccounts("/etc/group", "adm:x:4:a,mine\n", "adm:x:4:a,b,c\n", "adm:x:4:a,b,d\n");
  assert.equal(merged.text, "adm:x:4:a,mine,d\n");
});

test("shadow records have no ids, and a password that was set inside stays", () => {
  const merged = mergeAccounts("/etc/shadow", "a:$y$own:1::::::\n", "a:!*:::::::\n", "a:!*:::::::\nb:!*:::::::\n");
  assert.equal(merged.text, "a:$y$own:1::::::\nb:!*:::::::\n");
});

test("merging again changes nothing", () => {
  const host = `${base}new:x:41:41::/:/bin/false\n`;
  const once = mergeAccounts("/etc/passwd", `${base}mine:x:50:50::/:/x\n`, base, host).text;
  assert.equal(mergeAccounts("/etc/passwd", once, base, host).text, once);
});
