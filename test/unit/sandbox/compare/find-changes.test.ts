import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { ManifestEntry } from "../../../../helpers/sandbox/manifest/entry.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { stateDirectory, rootTree } = await import("../../../../base/paths.ts");
const { findChanges } = await import("../../../../helpers/sandbox/compare/find-changes.ts");
const { inspectAllInside, inspectInside } = await import("../../../../helpers/sandbox/compare/list-folder.ts");
const { diffTexts } = await import("../../../../helpers/sandbox/compare/diff-texts.ts");
const { readManifest } = await import("../../../../helpers/sandbox/manifest/manifest.ts");
const { applyManifest } = await import("../../../../helpers/sandbox/populate/apply.ts");
const { openHostTree } = await import("../../../../helpers/host/files/host-tree.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

const name = parseSandboxName("web1");
const tree = rootTree(name);
const common = { owner: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0, reason: "a test" };
const entries: ManifestEntry[] = ["/etc", "/etc/d", "/var", "/var/data"].map((path) => ({
  ...common,
  path,
  kind: "directory",
  mode: 0o755,
  source: path === "/var/data" ? { copyTree: "/host-data" } : undefined,
}));
for (const file of ["same", "content", "mode", "gone", "kind", "host", "both"]) {
  entries.push({ ...common, path: `/etc/${file}`, kind: "file", mode: 0o644, source: { copy: `/etc/${file}` } });
}
entries.push({ ...common, path: "/etc/link", kind: "link", mode: 0o777, source: { link: "a" } });
entries.sort((one, other) => (one.path < other.path ? -1 : 1));

const show = (below = "/"): readonly string[] =>
  findChanges({ tree, host: openHostTree(top), rootDirectory: top }, readManifest(name)?.entries ?? [], below).map(
    ({ path, inside, host }) => {
      const { state, ...more } = inside;
      return `${path} ${state} ${Object.values(more).flat().join("+")} host:${host?.state ?? "-"}`;
    },
  );

test("a fresh root has no differences; afterwards each is told once, with the host's part", async () => {
  mkdirSync(join(top, "host-data"));
  mkdirSync(join(top, "etc"));
  for (const { path, kind } of entries) if (kind === "file") writeFileSync(join(top, path), "host\n", { mode: 0o644 });
  mkdirSync(stateDirectory(name), { recursive: true });
  await applyManifest(name, { population: "0", packages: [], entries }, () => undefined);
  assert.deepEqual(show(), []);

  writeFileSync(join(tree, "etc/content"), "mine\n");
  writeFileSync(join(tree, "etc/both"), "longer than before\n");
  chmodSync(join(tree, "etc/mode"), 0o600);
  rmSync(join(tree, "etc/gone"));
  rmSync(join(tree, "etc/kind"));
  execFileSync("mkfifo", [join(tree, "etc/kind"), join(tree, "etc/added")]);
  rmSync(join(tree, "etc/link"));
  symlinkSync("b", join(tree, "etc/link"));
  mkdirSync(join(tree, "etc/d/own/deeper"), { recursive: true });
  writeFileSync(join(tree, "var/data/row"), "data");
  writeFileSync(join(top, "etc/host"), "newer\n");
  rmSync(join(top, "etc/both"));
  assert.deepEqual(show(), [
    "/etc/added added other host:-",
    "/etc/both changed content host:missing",
    "/etc/content changed content host:same",
    "/etc/d/own added directory host:-",
    "/etc/gone missing  host:same",
    "/etc/host same  host:changed",
    "/etc/kind changed kind host:same",
    "/etc/link changed target host:-",
    "/etc/mode changed mode host:same",
    "/var/data/row added file host:-",
  ]);
  assert.deepEqual(show("/etc/d"), ["/etc/d/own added directory host:-"]);
  assert.deepEqual(show("/etc/added"), ["/etc/added added other host:-"]);
});

test("of a directory with very many files not all are told", () => {
  for (let index = 0; index < 1005; index += 1) writeFileSync(join(tree, `etc/d/${index}`), "");
  const shown = show("/etc/d");
  assert.equal(shown.length, 1001);
  assert.equal(shown[0], "/etc/d more  host:-");
});

test("a directory that became a link to the host's is one change, and nothing at its end is looked at", () => {
  rmSync(join(tree, "etc/d"), { recursive: true });
  symlinkSync(join(top, "etc"), join(tree, "etc/d"));
  assert.deepEqual(show("/etc/d"), ["/etc/d changed kind host:-"]);
});

test("many entries are compared as each alone, and nothing behind a link or in a folder that is gone", () => {
  const below = ["/etc/d/same", "/gone/same", "/etc/same/below"].map((path): ManifestEntry => ({
    ...common,
    ...{ path, kind: "file", mode: 0o644, source: { copy: "/etc/same" } },
  }));
  const all = [...(readManifest(name)?.entries ?? []), ...below];
  const compared = inspectAllInside(tree, all);
  assert.deepEqual(
    all.map((entry) => compared.get(entry)),
    all.map((entry) => inspectInside(tree, entry)),
  );
  assert.deepEqual(
    below.map((entry) => compared.get(entry)?.state),
    ["missing", "missing", "missing"],
  );
});

test("texts are compared by lines, and nothing is left of it", async () => {
  const difference = await diffTexts(name, { label: "old", text: "a\nb\n" }, { label: "new", text: "a\nc" });
  assert.equal(difference, "--- old\n+++ new\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n");
  assert.equal(await diffTexts(name, { label: "x", text: "a\n" }, { label: "y", text: "a\n" }), "");
  assert.deepEqual(
    readdirSync(stateDirectory(name)).filter((each) => each.includes("new")),
    [],
  );
});
