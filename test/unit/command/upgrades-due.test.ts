import assert from "node:assert/strict";
import { test } from "node:test";
import { manifestJudge } from "../../../helpers/command/upgrades-due.ts";
import type { PackageName } from "../../../helpers/host/packages/package-database.ts";
import type { ManifestEntry } from "../../../helpers/sandbox/manifest/entry.ts";
import { formatManifest } from "../../../helpers/sandbox/manifest/manifest.ts";

const list = (versions: Readonly<Record<string, string>>) =>
  Object.entries(versions).map(([name, version]) => ({ name: name as PackageName, version, source: name }));

const timezone: ManifestEntry = {
  ...{ owner: 0, group: 0, mode: 0o644, reason: "", path: "/etc/timezone", kind: "file" },
  ...{ source: { copy: "/etc/timezone" }, content: { size: 1, digest: "a" } },
};
const manifestOf = (population: string, versions: Readonly<Record<string, string>>, entries = [timezone]): Buffer =>
  Buffer.from(formatManifest({ population, packages: list(versions), entries }));

test("an upgrade is due for packages of another version, and for settings that changed", () => {
  const judge = manifestJudge(list({ one: "1", two: "2" }), () => "b");
  assert.deepEqual(judge(manifestOf("0", { one: "1", two: "1", three: "1" })), { packages: 2, files: 1 });
  assert.deepEqual(judge(manifestOf("1", { one: "1", two: "1", three: "1" })), { packages: 2, files: 1 });
  assert.deepEqual(judge(manifestOf("1", { one: "1" }, [])), { packages: 0, files: 0 });
  assert.deepEqual(judge(manifestOf("1", {}, [])), { packages: 0, files: 0 });
});

test("a setting of the host is read once for all manifests", () => {
  let reads = 0;
  const judge = manifestJudge([], () => {
    reads += 1;
    return "a";
  });
  for (const population of ["0", "1", "2"]) assert.equal(judge(manifestOf(population, {})).files, 0);
  assert.equal(reads, 1);
});

test("what is not known is null: without a manifest, with a damaged one, and without versions of the host", () => {
  const nothing = { packages: null, files: null };
  const judge = manifestJudge([], () => "a");
  assert.deepEqual(judge(Buffer.alloc(0)), nothing);
  assert.deepEqual(judge(Buffer.from("{")), nothing);
  assert.deepEqual(judge(Buffer.from('"packages":[{"name":1}],\n\n"entries":[')), { packages: null, files: 0 });
  assert.deepEqual(manifestJudge(undefined, () => "a")(manifestOf("0", { one: "1" })), { packages: null, files: 0 });
});
