import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import test, { after } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { PackageName } from "../../../../helpers/host/packages/package-database.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { manifestFile } = await import("../../../../base/paths.ts");
const { formatManifest, readManifest, readManifestPackages, requireManifest } =
  await import("../../../../helpers/sandbox/manifest/manifest.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

test("a manifest is read whole or only its packages, is missing, or is damaged", () => {
  const name = parseSandboxName("web1");
  assert.deepEqual([readManifest(name), readManifestPackages(name)], [undefined, undefined]);
  assert.throws(() => requireManifest(name), /web1 has no root yet/);
  const packages = [{ name: "nginx" as PackageName, version: "1", source: "nginx" }];
  mkdirSync(dirname(manifestFile(name)), { recursive: true });
  writeFileSync(manifestFile(name), formatManifest({ population: "x", packages, entries: [] }));
  for (const read of [readManifest, requireManifest])
    assert.deepEqual(read(name), { population: "x", packages, entries: [] });
  assert.deepEqual(readManifestPackages(name), packages);
  writeFileSync(manifestFile(name), "{}");
  assert.equal(readManifestPackages(name), undefined);
  for (const read of [readManifest, requireManifest]) assert.throws(() => read(name), /manifest\.json is damaged/);
});
