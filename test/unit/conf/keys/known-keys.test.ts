import assert from "node:assert/strict";
import { test } from "node:test";
import { refuseKey, sections } from "../../../../conf/keys/known-keys.ts";

const hintFor = (...args: Parameters<typeof refuseKey>) => refuseKey(...args)?.hint;

test("a known key is taken in its section only", () => {
  assert.equal(refuseKey("Sandbox", "Unit", "x"), undefined);
  assert.equal(hintFor("Network", "Unit", "x"), "It belongs in section [Sandbox]");
  assert.equal(hintFor("Sandbox", "MemoryMax", "1G"), "It belongs in section [Resources]");
});

test("an unknown key is refused with the nearest of its section", () => {
  assert.equal(hintFor("Sandbox", "unit", "x"), "Did you mean Unit=?");
  assert.equal(hintFor("Resources", "MemoryMx", "1G"), "Did you mean MemoryMax=?");
  assert.match(hintFor("Network", "Bandwidth", "x") ?? "", /^Keys of \[Network\] are Network, Address, /);
});

test("limits that cannot be set on a running container are refused", () => {
  assert.match(refuseKey("Resources", "Slice", "x.slice")?.message ?? "", /cannot be set/);
});

test("an alias is refused, because systemd takes none for an instance", () => {
  assert.match(refuseKey("Install", "Alias", "x.service")?.message ?? "", /no alias for an instance/);
  assert.equal(refuseKey("Sandbox", "Alias", "x.service")?.message, "Alias= is not a key of [Sandbox]");
});

test("of another key of [Install] it is said which there are, of a limit where that is said", () => {
  assert.equal(hintFor("Resources", "Nonsense", "x"), "See systemd.resource-control(5)");
  assert.equal(hintFor("Install", "DefaultInstance", "x"), "Keys of [Install] are WantedBy, RequiredBy, UpheldBy");
});

test("each section of ours has keys, and none of another one", () => {
  for (const section of sections) {
    if (section === "Unit" || section === "Service") continue;
    assert.notEqual(hintFor(section, "Nonsense", "x"), `Keys of [${section}] are `);
    assert.equal(
      hintFor(section, "WantedBy", "x"),
      section === "Install" ? undefined : "It belongs in section [Install]",
    );
  }
});
