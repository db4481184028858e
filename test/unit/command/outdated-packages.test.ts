import assert from "node:assert/strict";
import test from "node:test";
import { outdatedCounter } from "../../../helpers/command/outdated.ts";
import type { PackageName } from "../../../helpers/host/packages/package-database.ts";

const list = (versions: Readonly<Record<string, string>>) =>
  Object.entries(versions).map(([name, version]) => ({ name: name as PackageName, version }));

test("a package counts if the host has another version of it, or none", () => {
  const count = outdatedCounter(list({ same: "1", newer: "2", other: "1" }));
  assert.equal(count(list({ same: "1" })), 0);
  assert.equal(count(list({ same: "1", newer: "1", gone: "1" })), 2);
  assert.equal(count([]), 0);
});
