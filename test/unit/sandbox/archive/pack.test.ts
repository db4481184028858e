import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import test, { after, type TestContext } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { dialect } from "../../../../helpers/sandbox/archive/attributes.ts";
import { readTar } from "../../../../helpers/sandbox/copy/read-tar.ts";
import { inPieces, makeArchive, makeAttributes } from "../copy/archive.ts";
import { makeTemporary } from "../populate/temporary.ts";
import { replaceProgram } from "./replace-program.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { stateDirectory } = await import("../../../../base/paths.ts");
const { packSandbox, packWords, requireNoFile } = await import("../../../../helpers/sandbox/archive/pack.ts");
const { unpackSandbox } = await import("../../../../helpers/sandbox/archive/unpack.ts");
const { records } = await import("./sandbox-archive.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

const conf = "[Sandbox]\nExec=/usr/bin/true\n";

/** Packs a sandbox with these records, and without the mount namespace, which only root may make. */
async function pack(context: TestContext, name: string, kept: Readonly<Record<string, string>>, dropIns = {}) {
  replaceProgram(context, "unshare", 'shift 8; exec "$@"');
  const state = stateDirectory(parseSandboxName(name));
  for (const folder of ["root/etc", "configure"]) mkdirSync(join(state, folder), { recursive: true });
  writeFileSync(join(state, "root/etc/hostname"), `${name}\n`);
  for (const [file, text] of Object.entries(kept)) writeFileSync(join(state, file), text);
  const chunks: Buffer[] = [];
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  const source = { text: conf, dropIns: new Map<string, string>(Object.entries(dropIns)) };
  await packSandbox(parseSandboxName(name), source, makeTemporary(context), output);
  return Buffer.concat(chunks);
}
async function listNames(compressed: Buffer): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { header } of readTar(inPieces(zstdDecompressSync(compressed), 4096), dialect))
    names.push(header.path.toString());
  return names;
}
const manifest = String(records[2]?.data);
const tree = ["root/", "root/etc/", "root/etc/hostname"];

test("an archive has the conf with its drop-ins, the records that there are, and the root, as import takes them", async (context) => {
  const state = `{"version":1,"uuid":"01234567-89ab-4def-8123-456789abcdef","machineId":"${"1".repeat(32)}","idBase":null}`;
  const kept = {
    "manifest.json": manifest,
    "state.json": state,
    "configure/done": "apache2\n",
    conf: "other\n",
    ids: "none\n",
  };
  const compressed = await pack(context, "full", kept, { "a.conf": "a", "b.conf": "b" });
  const own = ["sandboxcontainer.json", "conf", "conf.d/", "conf.d/a.conf", "conf.d/b.conf"];
  assert.deepEqual(await listNames(compressed), [...own, "manifest.json", "state.json", "configured", ...tree]);
  const file = join(makeTemporary(context), "archive");
  writeFileSync(file, compressed);
  let seen: unknown;
  const contents = await unpackSandbox(file, ({ name, conf: text, dropIns, configured }) => {
    seen = { name, text, dropIns: [...dropIns], configured };
    return undefined;
  });
  assert.deepEqual(seen, {
    ...{ name: "full", text: conf, configured: ["apache2"] },
    dropIns: [
      ["a.conf", "a"],
      ["b.conf", "b"],
    ],
  });
  assert.deepEqual(contents, { files: 3, bytes: 5 });
});

test("what a sandbox does not have is not in its archive", async (context) => {
  const compressed = await pack(context, "small", { "manifest.json": manifest });
  assert.deepEqual(await listNames(compressed), ["sandboxcontainer.json", "conf", "manifest.json", ...tree]);
  const one = await pack(context, "one", { "manifest.json": manifest }, { "a.conf": "a" });
  const own = ["sandboxcontainer.json", "conf", "conf.d/", "conf.d/a.conf"];
  assert.deepEqual(await listNames(one), [...own, "manifest.json", ...tree]);
});

test("what tar says about a root that it cannot read is told", async (context) => {
  for (const [script, message] of [
    ["echo 'tar: root: Cannot open' >&2; exit 2", "the root of damaged cannot be read: root: Cannot open"],
    ["exit 3", "the root of damaged cannot be read: tar ended with 3"],
    ["exit 1", "the root of damaged cannot be read: tar ended with 1"],
  ] as const) {
    replaceProgram(context, "tar", script);
    await assert.rejects(pack(context, "damaged", { "manifest.json": manifest }), new SandboxError(message));
  }
});

test("attributes and ACLs are packed", (context) => {
  const folder = makeTemporary(context);
  const attributes = {
    "SCHILY.xattr.user.note": "x",
    "SCHILY.acl.access": "user::rw-\nuser:33:r--\ngroup::r--\nmask::r--\nother::---\n",
  };
  const [owner, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const archive = makeArchive(makeAttributes(attributes), { path: "file", data: "x", mode: 0o640, owner, group });
  const words = ["--extract", "--acls", "--xattrs", "--xattrs-include=user.*", `--directory=${folder}`];
  const { stderr } = spawnSync("tar", words, { input: archive, encoding: "utf8" });
  if (stderr !== "") context.skip(`attributes cannot be set: ${stderr}`);
  else {
    const [tar = "", ...rest] = packWords;
    const packed = execFileSync(tar, [...rest, `--directory=${folder}`, "file"], { encoding: "latin1" });
    for (const key of ["SCHILY.xattr.user.note=x", "SCHILY.acl.access=user::rw-"]) assert.ok(packed.includes(key), key);
  }
});

test("a file of that name is in the way, and so is a link to nothing", (context) => {
  const path = join(makeTemporary(context), "archive");
  requireNoFile(path);
  symlinkSync("nowhere", path);
  assert.throws(() => {
    requireNoFile(path);
  }, /archive already exists/);
});
