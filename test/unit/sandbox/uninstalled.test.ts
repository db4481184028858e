import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import type { TreeEntry } from "../../../helpers/sandbox/tree/look-up.ts";
import { findUninstalled, type Places, sayUninstalled } from "../../../helpers/sandbox/uninstalled.ts";

const name = parseSandboxName("web");
const common = { owner: 0, group: 0, mode: 0o644, size: 0, modified: 0 };
const file: TreeEntry = { ...common, kind: "file" };
const link = (target: string): TreeEntry => ({ ...common, kind: "link", target });

const places = (host: readonly string[], tree: Readonly<Record<string, TreeEntry>> = {}): Places => ({
  exists: (path) => host.includes(path),
  lookUp: (path) => tree[path],
});
const find = (units: readonly string[], where: Places, program?: string) =>
  findUninstalled(name, units, program, where);

test("a unit is there if the host has it, also as a template or as a generator made it", () => {
  const host = places([
    "/usr/lib/systemd/system/a.service",
    "/usr/lib/systemd/system/t@.service",
    "/run/systemd/generator.late/old.service",
  ]);
  assert.deepEqual(find(["a.service", "t@1.service", "old.service"], host), []);
  assert.deepEqual(find(["a.service", "b.service", "u@1.service"], host), ["b.service", "u@1.service"]);
});

test("a unit or a script in the tree's /etc stays when the host loses it, but a link to the host's unit does not help", () => {
  const folder = "/etc/systemd/system";
  const tree = {
    [`${folder}/own.service`]: file,
    [`${folder}/masked.service`]: link("/dev/null"),
    [`${folder}/alias.service`]: link("/usr/lib/systemd/system/gone.service"),
    [`${folder}/other.service`]: link("../a.service"),
    "/etc/init.d/old": file,
  };
  const units = ["own.service", "masked.service", "alias.service", "other.service", "old.service"];
  assert.deepEqual(find(units, places(["/usr/lib/systemd/system/a.service"], tree)), ["alias.service"]);
});

test("a program is looked for on the host and in the tree, unless inside has a PATH for it", () => {
  assert.deepEqual(find([], places([]), "/usr/bin/x"), ["/usr/bin/x"]);
  assert.deepEqual(find([], places(["/usr/bin/x"]), "/usr/bin/x"), []);
  assert.deepEqual(find([], places([], { "/srv/x": file }), "/srv/x"), []);
  assert.deepEqual(find([], places([]), "x"), []);
});

test("of the packages that were removed, those are named that are called like the unit", () => {
  const say = (unit: string, ...removed: readonly string[]) => sayUninstalled([unit], removed);
  assert.equal(say("a.service"), "a.service is not on the host");
  assert.equal(
    say("a.service", "a", "a-common", "libz"),
    "a.service is not on the host any more: package a was removed",
  );
  assert.equal(
    say("db@17-main.service", "db-17", "db-common", "libz"),
    "db@17-main.service is not on the host any more: packages db-17, db-common were removed",
  );
  assert.match(say("z.service", "k", "l", "m", "n", "o"), /packages k, l, m and 2 more were removed$/);
  assert.match(sayUninstalled(["a.service", "b.socket"], []), /^a\.service and b\.socket are not on the host$/);
});
