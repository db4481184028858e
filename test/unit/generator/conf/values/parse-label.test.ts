import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLabel } from "../../../../../generator/conf/values/parse-label.ts";

const label = "system_u:system_r:container_t:s0:c1,c2";

test("a label is dynamic, none, or static as it is written", () => {
  assert.deepEqual(parseLabel("dynamic"), { kind: "dynamic", context: undefined });
  assert.deepEqual(parseLabel("none"), { kind: "none" });
  assert.deepEqual(parseLabel(label), { kind: "static", label });
  assert.deepEqual(parseLabel(`static ${label}`), { kind: "static", label });
});

test("the spellings of virt-sandbox-service are understood", () => {
  assert.deepEqual(parseLabel(`static,label=${label}`), { kind: "static", label });
  assert.deepEqual(parseLabel("dynamic,label=system_u:system_r:container_t:s0"), {
    kind: "dynamic",
    context: "system_u:system_r:container_t:s0",
  });
});

for (const wrong of [
  "",
  "Dynamic",
  "container_t",
  "system_u:system_r:container_t",
  `${label} x`,
  "static,label=",
  "a:b:c:s0' x='",
]) {
  test(`Label=${wrong} is refused`, () => {
    assert.throws(() => parseLabel(wrong), { name: "ValueError" });
  });
}
