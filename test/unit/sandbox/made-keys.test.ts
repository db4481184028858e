import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { findMissingKeys, forgetKeys, recordKeys } = await import("../../../helpers/sandbox/made-keys.ts");
const { readConfigured } = await import("../../../helpers/sandbox/populate/write-steps.ts");
const { formatManifest } = await import("../../../helpers/sandbox/manifest/manifest.ts");
const { manifestFile, rootTree, stateDirectory } = await import("../../../base/paths.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const [secret, half, other] = ["/etc/a/a.key", "/etc/a/a pub", "/etc/b/b.key"] as const;
let count = 0;

/** Makes a sandbox whose package `a` makes two keys and nothing else, and whose package `b` makes one, and data. */
function makeSandbox(): SandboxName {
  const name = parseSandboxName(`web${(count += 1)}`);
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  const lists = join(stateDirectory(name), "configure");
  put(join(lists, "made"), [secret, half, other].map((path) => `0:0 0600 ${path}\n`).join(""));
  put(join(lists, "renewable"), "a\n");
  put(join(lists, "done"), "a\nb\n");
  const entry = (path: string, madeBy: string) =>
    ({ path, kind: "file", owner: 0, group: 0, mode: 0o600, reason: "", source: { madeBy } }) as const;
  const entries = [entry(secret, "a"), entry(half, "a"), entry(other, "b")];
  put(manifestFile(name), formatManifest({ population: "", packages: [], entries }));
  for (const path of [secret, half, other]) put(join(rootTree(name), path), path);
  return name;
}

const isThere = (name: SandboxName, path: string): boolean => existsSync(join(rootTree(name), path));

test("keys that are as their script made them go from a copy, if the script makes nothing else", () => {
  const name = makeSandbox();
  recordKeys(name, [secret, half, other]);
  forgetKeys(name);
  assert.deepEqual(
    [secret, half, other].map((path) => isThere(name, path)),
    [false, false, true],
  );
  assert.deepEqual(readConfigured(stateDirectory(name)), ["b"]);
  assert.deepEqual(findMissingKeys(name), [secret, half]);
});

test("if somebody has put another key or certificate there, all of the package stay", () => {
  const name = makeSandbox();
  recordKeys(name, [secret, half]);
  writeFileSync(join(rootTree(name), half), "bought");
  forgetKeys(name);
  assert.equal(isThere(name, secret) && isThere(name, half), true);
  assert.deepEqual(readConfigured(stateDirectory(name)), ["a", "b"]);
});

test("keys of which nobody knows who made them stay, and a new record replaces an old one", () => {
  const name = makeSandbox();
  recordKeys(name, [secret]);
  forgetKeys(name);
  assert.equal(isThere(name, secret), true);
  writeFileSync(join(rootTree(name), secret), "made again");
  recordKeys(name, [secret, half]);
  forgetKeys(name);
  assert.equal(isThere(name, secret), false);
});

test("a link in place of a key or its folder leads nowhere", () => {
  const name = makeSandbox();
  const victim = join(top, "victim");
  mkdirSync(victim, { recursive: true });
  writeFileSync(join(victim, "a.key"), "host");
  rmSync(join(rootTree(name), "etc/a"), { recursive: true });
  symlinkSync(victim, join(rootTree(name), "etc/a"));
  recordKeys(name, [secret, half]);
  forgetKeys(name);
  assert.equal(existsSync(join(victim, "a.key")), true);
  assert.deepEqual(findMissingKeys(name), [secret, half]);
});
