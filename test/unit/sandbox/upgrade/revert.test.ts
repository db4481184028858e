import assert from "node:assert/strict";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseSandboxName, type SandboxName } from "../../../../base/sandbox-name.ts";
import type { ManifestEntry } from "../../../../helpers/sandbox/manifest/entry.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { rootTree, stateDirectory } = await import("../../../../base/paths.ts");
const { requireManifest } = await import("../../../../helpers/sandbox/manifest/manifest.ts");
const { applyManifest } = await import("../../../../helpers/sandbox/populate/apply.ts");
const { writeContext } = await import("../../../../helpers/sandbox/state.ts");
const { inspectInside } = await import("../../../../helpers/sandbox/compare/list-folder.ts");
const { keptFolder } = await import("../../../../helpers/sandbox/upgrade/apply-upgrade.ts");
const { fillEntries } = await import("../../../../helpers/sandbox/upgrade/plan-upgrade.ts");
const { revertPaths } = await import("../../../../helpers/sandbox/upgrade/revert.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

const common = { owner: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0, reason: "a test" };
const folder = (path: string): ManifestEntry => ({
  ...{ ...common, path, kind: "directory", mode: 0o755, source: undefined },
});
const copy = (path: string): ManifestEntry => ({ ...common, path, kind: "file", mode: 0o644, source: { copy: path } });
const entries = [
  ...[folder("/etc"), folder("/etc/d"), folder("/etc/d/deep"), copy("/etc/d/deep/x")],
  copy("/etc/f"),
  { ...common, path: "/etc/l", kind: "link", mode: 0o777, source: { link: "f" } },
  { ...common, path: "/etc/made", kind: "file", mode: 0o600, source: { madeBy: "demo" } },
] satisfies readonly ManifestEntry[];

const writeHost = (path: string, text: string): void => {
  mkdirSync(join(top, path, ".."), { recursive: true });
  writeFileSync(join(top, path), text);
};
const at = (name: SandboxName, path: string): string => join(rootTree(name), path);
const kept = (name: SandboxName, path: string): string => join(keptFolder(name), path);

async function makeSandbox(text: string): Promise<SandboxName> {
  const name = parseSandboxName(text);
  writeHost("/etc/f", "host\n");
  writeHost("/etc/d/deep/x", "x\n");
  mkdirSync(stateDirectory(name), { recursive: true });
  writeContext(name, null);
  await applyManifest(name, { population: "0", packages: [], entries }, () => undefined);
  return name;
}
const revert = (name: SandboxName, ...paths: readonly string[]) =>
  revertPaths(name, paths, requireManifest(name), fillEntries(entries));

test("what was changed or removed comes back with its attributes, and the sandbox's version is kept", async () => {
  const name = await makeSandbox("changed");
  writeFileSync(at(name, "/etc/f"), "mine\n");
  chmodSync(at(name, "/etc/f"), 0o600);
  chmodSync(at(name, "/etc/d"), 0o700);
  rmSync(at(name, "/etc/l"));
  assert.deepEqual(await revert(name, "/etc/f", "/etc/d", "/etc/l", "/etc/d/deep/x"), [
    { path: "/etc/f", reverted: true, kept: kept(name, "/etc/f"), error: null },
    { path: "/etc/d", reverted: true, kept: null, error: null },
    { path: "/etc/l", reverted: true, kept: null, error: null },
    { path: "/etc/d/deep/x", reverted: false, kept: null, error: null },
  ]);
  assert.equal(readFileSync(at(name, "/etc/f"), "utf8"), "host\n");
  assert.equal(readFileSync(kept(name, "/etc/f"), "utf8"), "mine\n");
  assert.equal(lstatSync(at(name, "/etc/f")).mode & 0o777, 0o644);
  assert.equal(lstatSync(at(name, "/etc/d")).mode & 0o777, 0o755);
  assert.equal(readlinkSync(at(name, "/etc/l")), "f");
  writeFileSync(at(name, "/etc/f"), "again\n");
  await revert(name, "/etc/f");
  assert.equal(readFileSync(kept(name, "/etc/f"), "utf8"), "again\n");
});

test("the host's new version comes in, and is then what was put there", async () => {
  const name = await makeSandbox("newer");
  writeHost("/etc/f", "newer\n");
  assert.equal((await revert(name, "/etc/f"))[0]?.reverted, true);
  assert.equal(readFileSync(at(name, "/etc/f"), "utf8"), "newer\n");
  const entry = requireManifest(name).entries.find(({ path }) => path === "/etc/f");
  assert.ok(entry);
  assert.equal(inspectInside(rootTree(name), entry).state, "same");
  assert.equal(requireManifest(name).entries.length, entries.length);
});

test("folders above come back empty", async () => {
  const name = await makeSandbox("above");
  rmSync(at(name, "/etc/d"), { recursive: true });
  assert.equal((await revert(name, "/etc/d/deep/x"))[0]?.reverted, true);
  assert.equal(readFileSync(at(name, "/etc/d/deep/x"), "utf8"), "x\n");
});

test("what is not of the host is refused, and so is what its package's script makes", async () => {
  const name = await makeSandbox("strange");
  const errors = (await revert(name, "/etc/none", "/etc/made")).map(({ error }) => error?.message);
  assert.match(errors[0] ?? "", /\/etc\/none cannot be put back: it is not of the host/);
  assert.match(errors[1] ?? "", /a script of its package makes it inside/);
});

test("a link of the tree is never followed, neither above a path nor where a version is kept", async () => {
  const name = await makeSandbox("links");
  const victim = join(top, "victim");
  mkdirSync(join(victim, "deep"), { recursive: true });
  writeFileSync(join(victim, "deep/x"), "of the host\n");
  rmSync(at(name, "/etc/d"), { recursive: true });
  symlinkSync(victim, at(name, "/etc/d"));
  const [refused] = await revert(name, "/etc/d/deep/x");
  assert.match(refused?.error?.message ?? "", /something above it is not a folder/);
  assert.deepEqual(await revert(name, "/etc/d"), [
    { path: "/etc/d", reverted: true, kept: kept(name, "/etc/d"), error: null },
  ]);
  assert.equal(readlinkSync(kept(name, "/etc/d")), victim);
  await revert(name, "/etc/d/deep/x");
  writeFileSync(at(name, "/etc/d/deep/x"), "mine\n");
  await revert(name, "/etc/d/deep/x");
  assert.equal(readFileSync(kept(name, "/etc/d/deep/x"), "utf8"), "mine\n");
  assert.equal(readFileSync(join(victim, "deep/x"), "utf8"), "of the host\n");
  assert.deepEqual(readdirSync(join(victim, "deep")), ["x"]);
});

test("a folder with something in it stays", async () => {
  const name = await makeSandbox("full");
  rmSync(at(name, "/etc/f"));
  mkdirSync(at(name, "/etc/f/mine"), { recursive: true });
  const [refused] = await revert(name, "/etc/f");
  assert.match(refused?.error?.message ?? "", /a folder that is not empty is in its place/);
  assert.ok(lstatSync(at(name, "/etc/f/mine")).isDirectory());
});
