import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseSandboxName, type SandboxName } from "../../../../base/sandbox-name.ts";
import type { ManifestEntry } from "../../../../helpers/sandbox/manifest/entry.ts";
import { entriesOf } from "../manifest-entries.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { applyManifest } = await import("../../../../helpers/sandbox/populate/apply.ts");
const { readBases } = await import("../../../../helpers/sandbox/populate/service-packages.ts");
const { readManifest } = await import("../../../../helpers/sandbox/manifest/manifest.ts");
const { writeStamp } = await import("../../../../helpers/sandbox/populate/record-content.ts");
const { rootTree, stateDirectory } = await import("../../../../base/paths.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

const owner = process.getuid?.() ?? 0;
const group = process.getgid?.() ?? 0;
const common = { owner, group, reason: "a test" };
const { directory, link } = entriesOf(owner, group);
const text = (path: string, content: string, mode = 0o644): ManifestEntry => ({
  ...common,
  path,
  kind: "file",
  mode,
  source: { text: content },
});
const copy = (path: string, from: string): ManifestEntry => ({
  ...common,
  path,
  kind: "file",
  mode: 0o640,
  source: { copy: from },
});

const warnings: string[] = [];
let count = 0;
function makeSandbox(): {
  name: SandboxName;
  state: string;
  tree: string;
  apply: (population: string, entries: readonly ManifestEntry[]) => Promise<unknown>;
} {
  const name = parseSandboxName(`sandbox${(count += 1)}`);
  const state = stateDirectory(name);
  mkdirSync(state, { recursive: true });
  return {
    name,
    state,
    tree: rootTree(name),
    apply: (population, entries) =>
      applyManifest(name, { population, packages: [], entries }, (text) => warnings.push(text)),
  };
}

const read = (...path: string[]): string => readFileSync(join(...path), "utf8");

test("a new tree has what the manifest says, and nothing else is left beside it", async () => {
  const { state, tree, apply } = makeSandbox();
  writeFileSync(join(top, "host-file"), "from the host");
  await apply("1", [
    directory("/etc"),
    copy("/etc/copied", "/host-file"),
    text("/etc/text", "words", 0o4755),
    link("/etc/link", "/etc/shadow"),
  ]);
  assert.equal(read(tree, "etc/copied"), "from the host");
  assert.equal(lstatSync(join(tree, "etc/copied")).mode & 0o7777, 0o640);
  assert.equal(lstatSync(join(tree, "etc/text")).mode & 0o7777, 0o4755);
  assert.equal(readlinkSync(join(tree, "etc/link")), "/etc/shadow");
  assert.deepEqual(readdirSync(state).sort(), ["bases.json.gz", "manifest.json", "root"]);
});

test("a tree that exists gets what is new and keeps its data", async () => {
  const { state, tree, apply } = makeSandbox();
  await apply("1", [directory("/etc"), text("/etc/a", "old")]);
  writeFileSync(join(tree, "etc/a"), "changed inside");
  writeFileSync(join(tree, "etc/own"), "made inside");
  await apply("2", [directory("/etc"), text("/etc/a", "new"), directory("/srv"), text("/srv/b", "added")]);
  assert.equal(read(tree, "etc/a"), "changed inside");
  assert.equal(read(tree, "etc/own"), "made inside");
  assert.equal(read(tree, "srv/b"), "added");
  assert.deepEqual(readdirSync(state).sort(), ["bases.json.gz", "manifest.json", "root"]);
});

test("what was removed inside does not come back", async () => {
  const { tree, apply } = makeSandbox();
  await apply("1", [directory("/etc"), text("/etc/default-site", "x")]);
  rmSync(join(tree, "etc/default-site"));
  await apply("2", [directory("/etc"), text("/etc/default-site", "x"), text("/etc/more", "y")]);
  assert.equal(existsSync(join(tree, "etc/default-site")), false);
  assert.equal(read(tree, "etc/more"), "y");
});

test("links that the sandbox planted in its tree lead the host nowhere", async () => {
  const { tree, apply } = makeSandbox();
  const host = join(top, "victim");
  mkdirSync(host);
  await apply("1", [directory("/etc"), directory("/var")]);
  for (const name of ["etc", "var"]) {
    rmSync(join(tree, name), { recursive: true });
    symlinkSync(host, join(tree, name));
  }
  await apply("2", [
    directory("/etc"),
    text("/etc/new", "x"),
    directory("/var"),
    directory("/var/lib"),
    directory("/var/lib/data", "/victim"),
  ]);
  assert.deepEqual(readdirSync(host), []);
});

test("what a killed run left is cleared away, and the run done again", async () => {
  const { state, tree, apply } = makeSandbox();
  mkdirSync(join(state, "root.new-1/etc"), { recursive: true });
  writeFileSync(join(state, "manifest.json.new"), "{");
  await apply("1", [directory("/etc")]);
  assert.deepEqual(readdirSync(state).sort(), ["bases.json.gz", "manifest.json", "root"]);
  assert.ok(existsSync(join(tree, "etc")));
});

test("a run killed before the stamp is done again and changes nothing", async () => {
  const { tree, apply } = makeSandbox();
  await apply("1", [directory("/etc"), text("/etc/a", "x")]);
  writeFileSync(join(tree, "etc/a"), "changed inside");
  await apply("1", [directory("/etc"), text("/etc/a", "x")]);
  assert.equal(read(tree, "etc/a"), "changed inside");
});

test("the manifest tells what was put there, also after a conf that asks for more or less", async () => {
  const { name, tree, apply } = makeSandbox();
  writeFileSync(join(top, "host.conf"), "one\n");
  await apply("1", [directory("/etc"), copy("/etc/a.conf", "/host.conf"), text("/etc/dropped", "x")]);
  writeFileSync(join(top, "host.conf"), "two\n");
  writeFileSync(join(tree, "etc/b.conf"), "made inside");
  await apply("2", [
    directory("/etc"),
    copy("/etc/a.conf", "/host.conf"),
    text("/etc/b.conf", "y"),
    text("/etc/c", "z"),
  ]);
  const entries = readManifest(name)?.entries ?? [];
  const contentOf = (path: string): unknown => {
    const entry = entries.find((each) => each.path === path);
    return entry?.kind === "file" ? entry.content?.digest : entry;
  };
  const digest = (content: string): string => createHash("sha256").update(content).digest("hex");
  assert.equal(contentOf("/etc/a.conf"), digest("one\n"));
  assert.equal(contentOf("/etc/b.conf"), undefined);
  assert.equal(contentOf("/etc/c"), digest("z"));
  assert.equal(contentOf("/etc/dropped"), digest("x"));
  assert.deepEqual([...readBases(name)], [[digest("one\n"), "one\n"]]);
});

test("what a killed run had put there but not listed is listed, and what somebody else put there is not", async () => {
  const { name, tree, apply } = makeSandbox();
  await apply("1", [directory("/etc")]);
  writeFileSync(join(tree, "etc/ours"), "x");
  writeFileSync(join(tree, "etc/theirs"), "y");
  await apply("2", [directory("/etc"), text("/etc/ours", "x"), text("/etc/theirs", "x")]);
  const entries = readManifest(name)?.entries ?? [];
  const listed = entries.filter((entry) => entry.kind === "file" && entry.content !== undefined);
  assert.deepEqual(
    listed.map(({ path }) => path),
    ["/etc/ours"],
  );
  assert.equal(read(tree, "etc/theirs"), "y");
});

test("a damaged manifest stops it, and says what to do", async () => {
  const { state, apply } = makeSandbox();
  await apply("1", [directory("/etc")]);
  writeFileSync(join(state, "manifest.json"), '{"version":1,"popul');
  await assert.rejects(apply("2", [directory("/etc")]), /manifest\.json is damaged/);
});

test("the stamp of one conf replaces that of another", () => {
  const { name, state } = makeSandbox();
  writeStamp(name, "populated-1");
  writeStamp(name, "populated-2");
  assert.deepEqual(readdirSync(state), ["populated-2"]);
});

test("a run that fails leaves no half-made tree", async () => {
  const { state, apply } = makeSandbox();
  await assert.rejects(apply("1", [text("/no/parent", "x")]));
  assert.deepEqual(readdirSync(state), []);
});

test("a file that vanished from the host is left out, also of the manifest", async () => {
  const { state, tree, apply } = makeSandbox();
  await apply("1", [directory("/etc"), copy("/etc/gone", "/not-there")]);
  assert.equal(existsSync(join(tree, "etc/gone")), false);
  assert.ok(!read(state, "manifest.json").includes("/etc/gone"));
});

test("data comes with modes, links, hard links and holes, and without sockets", async () => {
  const { tree, apply } = makeSandbox();
  const data = join(top, "data");
  mkdirSync(data, { mode: 0o750 });
  writeFileSync(join(data, "file"), "x");
  chmodSync(join(data, "file"), 0o600);
  symlinkSync("/somewhere", join(data, "link"));
  const { linkSync, truncateSync } = await import("node:fs");
  linkSync(join(data, "file"), join(data, "same"));
  writeFileSync(join(data, "sparse"), "");
  truncateSync(join(data, "sparse"), 64 * 1024 * 1024);
  const server = createServer().listen(join(data, "socket"));
  await new Promise((resolve) => server.once("listening", resolve));
  await apply("1", [directory("/var"), directory("/var/data", "/data")]);
  server.close();
  const copied = join(tree, "var/data");
  assert.deepEqual(readdirSync(copied).sort(), ["file", "link", "same", "sparse"]);
  assert.equal(statSync(copied).mode & 0o7777, 0o750);
  assert.equal(statSync(join(copied, "file")).ino, statSync(join(copied, "same")).ino);
  assert.equal(readlinkSync(join(copied, "link")), "/somewhere");
  assert.ok(statSync(join(copied, "sparse")).blocks < 100);
});

test("configuration keeps its times, and has the owners and modes of the manifest", async () => {
  const { tree, apply } = makeSandbox();
  mkdirSync(join(top, "etc/sub"), { recursive: true, mode: 0o700 });
  writeFileSync(join(top, "etc/sub/file"), "x", { mode: 0o644 });
  utimesSync(join(top, "etc/sub/file"), 1, 1_000_000);
  await apply("1", [directory("/etc"), directory("/etc/sub"), copy("/etc/sub/file", "/etc/sub/file")]);
  const { mtimeMs, mode } = statSync(join(tree, "etc/sub/file"));
  assert.deepEqual([mtimeMs, mode & 0o7777], [1_000_000_000, 0o640]);
  assert.equal(statSync(join(tree, "etc/sub")).mode & 0o7777, 0o755);
});
