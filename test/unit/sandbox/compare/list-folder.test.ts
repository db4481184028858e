import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type FolderEntry, listFolder } from "../../../../helpers/sandbox/compare/list-folder.ts";
import type { ManifestEntry } from "../../../../helpers/sandbox/manifest/entry.ts";
import { digestOf } from "../../../../helpers/sandbox/tree/look-up.ts";
import { makeTemporary } from "../populate/temporary.ts";

const owner = process.getuid?.() ?? 0;
const group = process.getgid?.() ?? 0;
const common = { owner, group, reason: "a test" };
const folder = (path: string, copyTree?: string): ManifestEntry => ({
  ...{ ...common, path, kind: "directory", mode: 0o755 },
  source: copyTree === undefined ? undefined : { copyTree },
});
const file = (path: string, text = "words"): ManifestEntry => ({
  ...{ ...common, path, kind: "file", mode: 0o644, source: { text } },
  content: { size: text.length, digest: digestOf([Buffer.from(text)]) },
});
const link = (path: string, to: string): ManifestEntry => ({
  ...{ ...common, path, kind: "link", mode: 0o777, source: { link: to } },
});

/** Makes a tree with an empty /etc. */
function makeTree(context: TestContext): string {
  const tree = makeTemporary(context);
  mkdirSync(join(tree, "etc"), { mode: 0o755 });
  return tree;
}

const summarize = (files: readonly FolderEntry[] | undefined) => files?.map(({ path, state }) => `${path} ${state}`);

test("each path is told with all of its attributes, as it is now or, if it was removed, as it was put there", (context) => {
  const tree = makeTree(context);
  writeFileSync(join(tree, "etc/file"), "words", { mode: 0o644 });
  utimesSync(join(tree, "etc/file"), 5.5, 5.5);
  const kept = { bytes: 5, target: null, mode: "0644", owner, group, reason: "a test" };
  const entries = [folder("/etc"), file("/etc/file"), file("/etc/gone"), link("/etc/lost", "a")];
  assert.deepEqual(listFolder(tree, entries, "/etc"), [
    { path: "/etc/file", kind: "file", ...kept, modified: 5.5, state: "same" },
    { path: "/etc/gone", kind: "file", ...kept, modified: null, state: "missing" },
    {
      ...{ path: "/etc/lost", kind: "link", bytes: null, target: "a", mode: "0777", owner, group },
      ...{ modified: null, reason: "a test", state: "missing" },
    },
  ]);
});

test("what was changed or added is told, and a folder only of itself", (context) => {
  const tree = makeTree(context);
  for (const name of ["content", "mode", "same"]) writeFileSync(join(tree, "etc", name), "words", { mode: 0o644 });
  writeFileSync(join(tree, "etc/content"), "sword");
  chmodSync(join(tree, "etc/mode"), 0o4755);
  mkdirSync(join(tree, "etc/folder"), { mode: 0o755 });
  writeFileSync(join(tree, "etc/folder/deeper"), "");
  symlinkSync("b", join(tree, "etc/link"));
  execFileSync("mkfifo", [join(tree, "etc/fifo"), join(tree, "etc/kind")]);
  writeFileSync(Buffer.concat([Buffer.from(join(tree, "etc/b")), Buffer.from([0xff])]), "");
  const files = ["content", "kind", "mode", "same"].map((name) => file(`/etc/${name}`));
  const made: ManifestEntry = {
    ...{ ...common, path: "/etc/made", kind: "file", mode: 0o600, source: { madeBy: "demo" } },
  };
  const entries = [folder("/etc"), folder("/etc/folder"), ...files, link("/etc/link", "a"), made];
  const listed = listFolder(tree, entries, "/etc");
  assert.deepEqual(summarize(listed), [
    String.raw`/etc/b\xff added`,
    "/etc/content changed",
    "/etc/fifo added",
    "/etc/folder same",
    "/etc/kind changed",
    "/etc/link changed",
    "/etc/mode changed",
    "/etc/same same",
  ]);
  const { kind, target, mode } = listed?.find(({ path }) => path === "/etc/link") ?? {};
  assert.deepEqual([kind, target, mode], ["link", "b", "0777"]);
  assert.equal(listed?.find(({ path }) => path === "/etc/fifo")?.kind, "other");
});

test("the root itself is listed, and where the host's data came along nobody knows what was added", (context) => {
  const tree = makeTree(context);
  mkdirSync(join(tree, "data/deep"), { recursive: true });
  const entries = [folder("/data", "/host-data"), folder("/etc")];
  assert.deepEqual(summarize(listFolder(tree, entries, "/")), ["/data same", "/etc same"]);
  assert.deepEqual(summarize(listFolder(tree, entries, "/data")), ["/data/deep null"]);
  assert.deepEqual(summarize(listFolder(tree, entries, "/data/deep")), []);
});

test("no link leads to a folder, and a file is none", (context) => {
  const tree = makeTree(context);
  symlinkSync("/", join(tree, "host"));
  symlinkSync("etc", join(tree, "near"));
  writeFileSync(join(tree, "file"), "");
  for (const path of ["/host", "/host/etc", "/near", "/file", "/none"])
    assert.equal(listFolder(tree, [], path), undefined, path);
});

test("nothing in place of which something else is put meanwhile fails or is followed", async (context) => {
  const tree = makeTree(context);
  const top = makeTemporary(context);
  writeFileSync(join(top, "secret"), "");
  const script = `const { mkdirSync, renameSync, rmdirSync, symlinkSync, writeFileSync } = require("node:fs");
    process.chdir(process.argv[1]);
    console.log("ready");
    for (;;) {
      symlinkSync(process.argv[2], "new"); renameSync("new", "x");
      writeFileSync("new", ""); renameSync("new", "x");
      mkdirSync("f"); renameSync("f", "g"); symlinkSync(process.argv[2], "f"); renameSync("f", "h");
      rmdirSync("g");
    }`;
  const child = spawn(process.execPath, ["-e", script, join(tree, "etc"), top], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const seen = new Set<string>();
  try {
    await once(child.stdout, "data");
    const began = performance.now();
    const goesOn = (): boolean => performance.now() - began < (seen.size < 2 ? 60_000 : 500);
    while (goesOn()) {
      for (const { kind, path } of listFolder(tree, [], "/etc") ?? []) if (path === "/etc/x") seen.add(kind);
      for (const path of ["/etc/f", "/etc/g"])
        for (const each of listFolder(tree, [], path) ?? []) assert.fail(`${each.path} was reached`);
    }
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  assert.deepEqual([...seen].sort(), ["file", "link"]);
});
