import assert from "node:assert/strict";
import { test } from "node:test";
import { isSandboxName } from "../../../../base/sandbox-name.ts";
import { isScheduled, nameScheduled, parseScheduled } from "../../../../helpers/sandbox/snapshots/scheduled-name.ts";

const time = Date.parse("2026-12-03T14:20:05Z") / 1000;

test("a name says its time in UTC, and is one that a snapshot may have", () => {
  const name = nameScheduled(time, []);
  assert.equal(name, "auto-2026-12-03T14-20-05Z");
  assert.ok(isSandboxName(name));
  assert.deepEqual(parseScheduled(name), { snapshot: name, time, place: 1 });
});

test("two in one second have different names, which sort as they were made", () => {
  const names: string[] = [];
  for (let count = 0; count < 4; count++) names.push(nameScheduled(time, names));
  assert.deepEqual(names.slice(1), [`${names[0]}.2`, `${names[0]}.3`, `${names[0]}.4`]);
  assert.ok(names.every(isSandboxName));
  assert.deepEqual(
    names.map((name) => parseScheduled(name)?.place),
    [1, 2, 3, 4],
  );
});

test("what somebody chose is never taken for one", () => {
  const others = ["first", "2026-12-03T14-20-05", "auto-2026-12-03T14-20-05", "auto-2026-13-03T14-20-05Z", "auto-x"];
  for (const name of [
    ...others,
    "auto-2026-12-03T14-20-05Z.",
    "auto-2026-12-03T14-20-05Z-mine",
    "Auto-2026-12-03T14-20-05Z",
  ])
    assert.ok(!isScheduled(name), name);
});
