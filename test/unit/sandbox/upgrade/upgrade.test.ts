import assert from "node:assert/strict";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
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
const { readManifest } = await import("../../../../helpers/sandbox/manifest/manifest.ts");
const { applyManifest } = await import("../../../../helpers/sandbox/populate/apply.ts");
const { writeContext } = await import("../../../../helpers/sandbox/state.ts");
const { applySteps, keptFolder } = await import("../../../../helpers/sandbox/upgrade/apply-upgrade.ts");
const { fillEntries, planUpgrade } = await import("../../../../helpers/sandbox/upgrade/plan-upgrade.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

const common = { owner: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0, reason: "a test" };
const directories = (...paths: readonly string[]): readonly ManifestEntry[] =>
  paths.map((path) => ({ ...common, path, kind: "directory", mode: 0o755, source: undefined }));
const files = (...paths: readonly string[]): readonly ManifestEntry[] =>
  paths.map((path) => ({ ...common, path, kind: "file", mode: 0o644, source: { copy: path } }));
const sorted = (...entries: readonly ManifestEntry[]): readonly ManifestEntry[] =>
  entries.toSorted((one, other) => (one.path < other.path ? -1 : 1));

const writeHost = (texts: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(join(top, path, ".."), { recursive: true });
    writeFileSync(join(top, path), text);
  }
};
const read = (name: SandboxName, path: string): string => readFileSync(join(rootTree(name), path), "utf8");

async function makeSandbox(text: string, entries: readonly ManifestEntry[]): Promise<SandboxName> {
  const name = parseSandboxName(text);
  mkdirSync(stateDirectory(name), { recursive: true });
  writeContext(name, null);
  await applyManifest(name, { population: "0", packages: [], entries }, () => undefined);
  return name;
}

test("what was replaced is kept, and what comes in is complete", async () => {
  writeHost({ "/etc/a": "1\n", "/etc/b": "1\n2\n3\n4\n", "/etc/gone/x": "x\n" });
  const before = sorted(...directories("/etc", "/etc/gone"), ...files("/etc/a", "/etc/b", "/etc/gone/x"));
  const name = await makeSandbox("one", before);
  writeFileSync(join(rootTree(name), "etc/b"), "1\n2\n3\n4\nmine\n");
  writeHost({ "/etc/a": "2\n", "/etc/b": "0\n1\n2\n3\n4\n", "/etc/new/deep/file": "n\n" });
  const wanted = sorted(
    ...directories("/etc", "/etc/new", "/etc/new/deep"),
    ...files("/etc/a", "/etc/b", "/etc/new/deep/file"),
  );
  const next = fillEntries(wanted);
  const steps = await planUpgrade(name, { last: readManifest(name), pending: undefined }, next);
  const { done } = await applySteps(name, steps, next, () => ".dist");
  assert.ok(done.every((each) => each.done));
  assert.deepEqual(readdirSync(join(rootTree(name), "etc")).sort(), ["a", "b", "new"]);
  assert.equal(read(name, "/etc/a"), "2\n");
  assert.equal(read(name, "/etc/b"), "0\n1\n2\n3\n4\nmine\n");
  assert.equal(read(name, "/etc/new/deep/file"), "n\n");
  assert.equal(readFileSync(join(keptFolder(name), "etc/a"), "utf8"), "1\n");
  assert.equal(readFileSync(join(keptFolder(name), "etc/gone/x"), "utf8"), "x\n");
});

test("what an unfinished upgrade has brought in goes again if the host has lost it, in the order of the paths", async () => {
  writeHost({ "/etc/a": "1\n", "/etc/o": "1\n", "/etc/p": "1\n" });
  const first = sorted(...directories("/etc"), ...files("/etc/o"));
  const name = await makeSandbox("unfinished", first);
  const last = readManifest(name);
  const second = fillEntries(sorted(...first, ...files("/etc/p")));
  await applySteps(name, await planUpgrade(name, { last, pending: undefined }, second), second, () => ".dist");
  assert.equal(read(name, "/etc/p"), "1\n");
  writeHost({ "/etc/o": "2\n" });
  const third = fillEntries(sorted(...first, ...files("/etc/a")));
  const pending = { population: "0", packages: [], entries: second };
  const steps = await planUpgrade(name, { last, pending }, third);
  assert.deepEqual(
    steps.map(({ decision, path }) => `${decision} ${path}`),
    ["add /etc/a", "replace /etc/o", "remove /etc/p"],
  );
});

test("what became binary inside keeps its place, and the host's version comes beside it", async () => {
  writeHost({ "/etc/binary": "1\n" });
  const entries = sorted(...directories("/etc"), ...files("/etc/binary"));
  const name = await makeSandbox("binary", entries);
  writeFileSync(join(rootTree(name), "etc/binary"), Buffer.from([0x31, 0xff]));
  writeHost({ "/etc/binary": "2\n" });
  const steps = await planUpgrade(name, { last: readManifest(name), pending: undefined }, fillEntries(entries));
  assert.deepEqual(
    steps.map(({ decision, note }) => [decision, note]),
    [["beside", "it is not text, or it is too large"]],
  );
});

test("a user comes with its group, if that is the sandbox's as well or the upgrade brings it too", async () => {
  const accounts = (users: string, groups: string): readonly ManifestEntry[] =>
    fillEntries(
      sorted(
        ...directories("/etc"),
        ...[["/etc/passwd", users] as const, ["/etc/group", groups] as const].map(([path, text]): ManifestEntry => ({
          ...common,
          path,
          kind: "file",
          mode: 0o644,
          source: { text },
        })),
      ),
    );
  const next = accounts("foo:x:110:112::/:/x\nbar:x:111:113::/:/x\n", "foo:x:112:\nbar:x:113:\n");
  for (const [text, groups, note] of [
    ["follows", undefined, undefined],
    ["own", "mine:x:112:\nyours:x:113:\n", /^not taken over, .*: foo, bar$/],
    ["same", "foo:x:112:\nbar:x:113:\nmine:x:114:\n", undefined],
  ] as const) {
    const name = await makeSandbox(`users-${text}`, accounts("", "old:x:112:\n"));
    writeFileSync(join(rootTree(name), "etc/passwd"), "mine:x:1000:1000::/:/x\n");
    if (groups !== undefined) writeFileSync(join(rootTree(name), "etc/group"), groups);
    const steps = await planUpgrade(name, { last: readManifest(name), pending: undefined }, next);
    const users = steps.find(({ path }) => path === "/etc/passwd");
    assert.equal(users?.decision, "merge");
    if (note === undefined) assert.ok(users.merged?.includes("foo:x:110:") && users.note === undefined, text);
    else assert.match(users.note ?? "", note);
  }
});

test("cut short after any step, and with the host changed once more, it goes on without a conflict", async () => {
  const paths = ["/etc/k0", "/etc/k1", "/etc/k2", "/etc/k3"];
  const write = (text: string): void => {
    writeHost(Object.fromEntries(paths.map((path) => [path, `${text}\n`])));
  };
  const entries = sorted(...directories("/etc"), ...files(...paths));
  for (let count = 0; count <= paths.length; count += 1) {
    write("one");
    const name = await makeSandbox(`cut${count}`, entries);
    const last = readManifest(name);
    write("two");
    const second = fillEntries(entries);
    const steps = await planUpgrade(name, { last, pending: undefined }, second);
    assert.equal(steps.length, paths.length);
    await applySteps(name, steps.slice(0, count), second, () => ".dist");
    write("three");
    const third = fillEntries(entries);
    const pending = { population: "0", packages: [], entries: second };
    const rest = await planUpgrade(name, { last, pending }, third);
    assert.deepEqual([...new Set(rest.map(({ decision }) => decision))], ["replace"]);
    await applySteps(name, rest, third, () => ".dist");
    for (const path of paths) assert.equal(read(name, path), "three\n");
  }
});

// Its files went first into the folder of what was replaced, and the link was never made.
test("a directory that becomes a link on the host becomes one inside, unless the sandbox has something in it", async () => {
  for (const mine of [false, true]) {
    writeHost({ "/etc/f/x": "x\n" });
    const name = await makeSandbox(
      `turned${Number(mine)}`,
      sorted(...directories("/etc", "/etc/f"), ...files("/etc/f/x")),
    );
    if (mine) writeFileSync(join(rootTree(name), "etc/f/mine"), "mine");
    const link: ManifestEntry = { ...common, path: "/etc/f", kind: "link", mode: 0o777, source: { link: "g" } };
    const next = fillEntries(sorted(...directories("/etc"), link));
    const steps = await planUpgrade(name, { last: readManifest(name), pending: undefined }, next);
    const { done } = await applySteps(name, steps, next, () => ".dist");
    assert.deepEqual(
      done.filter((each) => !each.done).map(({ step }) => step.path),
      mine ? ["/etc/f"] : [],
    );
    assert.equal(lstatSync(join(rootTree(name), "etc/f")).isSymbolicLink(), !mine);
  }
});

test("a directory that has something in it stays, and a link in the way is not followed", async () => {
  writeHost({ "/etc/d/x": "x\n", "/etc/e/y": "y\n" });
  const name = await makeSandbox(
    "links",
    sorted(...directories("/etc", "/etc/d", "/etc/e"), ...files("/etc/d/x", "/etc/e/y")),
  );
  const tree = rootTree(name);
  writeFileSync(join(tree, "etc/d/mine"), "mine");
  rmSync(join(tree, "etc/e"), { recursive: true });
  mkdirSync(join(top, "victim"));
  symlinkSync(join(top, "victim"), join(tree, "etc/e"));
  writeHost({ "/etc/e/y": "other\n", "/etc/e/z": "z\n" });
  const next = fillEntries(sorted(...directories("/etc", "/etc/e"), ...files("/etc/e/y", "/etc/e/z")));
  const steps = await planUpgrade(name, { last: readManifest(name), pending: undefined }, next);
  const { done } = await applySteps(name, steps, next, () => ".dist");
  const outcome = done.map(({ step, done: could }) => `${step.decision} ${step.path} ${could ? "done" : "not"}`);
  assert.deepEqual(outcome.toSorted(), [
    "add /etc/e/z not",
    "remove /etc/d not",
    "remove /etc/d/x done",
    "stay-removed /etc/e/y done",
  ]);
  assert.deepEqual(readdirSync(join(top, "victim")), []);
  assert.deepEqual(readdirSync(join(tree, "etc/d")), ["mine"]);
});
