import assert from "node:assert/strict";
import { test } from "node:test";
import { listCandidates, sortByLot } from "../../survey.d/list-candidates.ts";

test("a package may ship a service if a tag or a dependency says so, and it is not of the system itself", () => {
  const available = [
    "Package: tagged\nPriority: optional\nTag: implemented-in::c,\n interface::daemon, role::program",
    "Package: with-unit\nPre-Depends: init-system-helpers (>= 1.54~)",
    "Package: with-users\nDepends: libc6, adduser, bash",
    "Package: with-users\nDepends: libc6 (>= 2), adduser, bash",
    "Package: editor\nDepends: libc6\nTag: role::program\nDescription: interface::daemon",
    "Package: cron\nPriority: important\nPre-Depends: init-system-helpers",
  ];
  assert.deepEqual(listCandidates(available.join("\n\n")), ["tagged", "with-unit", "with-users"]);
});

test("a seed gives one order, another seed another, and a new package changes nothing for the others", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  const order = sortByLot(names, "1");
  assert.deepEqual([...order].sort(), names);
  assert.deepEqual(sortByLot([...names].reverse(), "1"), order);
  assert.notDeepEqual(sortByLot(names, "2"), order);
  assert.deepEqual(
    sortByLot([...names, "new"], "1").filter((name) => name !== "new"),
    order,
  );
});
