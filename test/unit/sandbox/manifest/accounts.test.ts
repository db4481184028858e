import assert from "node:assert/strict";
import test from "node:test";
import { planAccounts } from "../../../../helpers/sandbox/manifest/accounts.ts";
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
