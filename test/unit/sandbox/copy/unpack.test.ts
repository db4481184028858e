import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { EarlyEnd } from "../../../../helpers/sandbox/copy/read-tar.ts";
import { unpack, type Unpacked } from "../../../../helpers/sandbox/copy/unpack.ts";
import type { Kept } from "../../../../helpers/sandbox/copy/write-members.ts";
import { makeTemporary } from "../populate/temporary.ts";
import { inPieces, makeArchive, makeAttributes, makeMember, type Member } from "./archive.ts";

interface Place {
  readonly folder: string;
  readonly outside: string;
  send(...members: readonly Member[]): Promise<Unpacked>;
}

function makePlace(context: TestContext): Place {
  const top = makeTemporary(context);
  const folder = join(top, "to");
  const outside = join(top, "outside");
  mkdirSync(folder);
  mkdirSync(outside);
  writeFileSync(join(outside, "secret"), "untouched", { mode: 0o600 });
  return {
    folder,
    outside,
    send: (...members) => unpack(inPieces(makeArchive(...members), 700), "top", { folder, name: Buffer.from("top") }),
  };
}

const none = { names: [], count: 0 };
const folderOf = (path: string, mode = 0o755): Member => ({ path, type: "5", mode });
const untouched = ({ outside }: Place): void => {
  assert.deepEqual(readdirSync(outside), ["secret"]);
  assert.equal(readFileSync(join(outside, "secret"), "utf8"), "untouched");
  assert.equal(statSync(join(outside, "secret")).mode & 0o7777, 0o600);
};

test("what tar packs comes out the same: contents, modes, times, links, odd names", async (context) => {
  const { folder } = makePlace(context);
  const from = join(makeTemporary(context), "top");
  mkdirSync(join(from, "a/b"), { recursive: true });
  writeFileSync(join(from, "a/big"), Buffer.alloc(300_001, "x"), { mode: 0o640 });
  writeFileSync(Buffer.concat([Buffer.from(`${from}/a/`), Buffer.from([0xff, 0x0a, 0x20])]), "odd");
  writeFileSync(join(from, "a/b", "n".repeat(200)), "long");
  symlinkSync("b/x", join(from, "a/link"));
  execFileSync("chmod", ["0500", join(from, "a/b")]);
  // Node's times are floating-point numbers, which represent a quarter of a second exactly.
  execFileSync("find", [from, "-exec", "touch", "--no-dereference", "--date=2001-02-03 04:05:06.25", "{}", "+"]);
  const words = ["--create", "--file=-", "--format=pax", `--directory=${join(from, "..")}`, "--add-file=top"];
  const tar = spawn("tar", words, { stdio: ["ignore", "pipe", "inherit"] });
  const done = await unpack(tar.stdout, "top", { folder, name: Buffer.from("copy") });
  const list = (path: string): string =>
    execFileSync("find", [".", "-mindepth", "1", "-printf", "%p %y %m %T@ %l\\n"], { cwd: path, encoding: "latin1" });
  const sorted = (path: string): readonly string[] => list(path).split("\n").sort();
  assert.deepEqual(sorted(join(folder, "copy")), sorted(from));
  assert.deepEqual(readFileSync(join(folder, "copy/a/big")), readFileSync(join(from, "a/big")));
  assert.deepEqual(done, { files: 4, bytes: 300_008, leftOut: none, leadOut: none });
});

test("a path that leads out, or is no part of what was asked for, ends it", async (context) => {
  const place = makePlace(context);
  for (const path of [
    "../outside/x",
    "/etc/x",
    "other",
    "top/../../outside/x",
    "top/./x",
    "top//x",
    "topx",
    "",
    "top/..",
  ]) {
    await assert.rejects(place.send(folderOf("top"), { path, data: "x" }), /sent a damaged archive: it contains/, path);
  }
  const long = makeAttributes({ path: "top/../../outside/x" });
  await assert.rejects(place.send(folderOf("top"), long, { path: "top/x" }), /it contains/);
  untouched(place);
});

test("no link of the archive is followed, on no way", async (context) => {
  const place = makePlace(context);
  const link: Member = { path: "top/link", type: "2", link: place.outside };
  const dotted: Member = { path: "top/link", type: "2", link: "../../outside" };
  for (const way of [link, dotted]) {
    await assert.rejects(
      place.send(folderOf("top"), way, { path: "top/link/new", data: "x" }),
      /not a folder, or is a link/,
    );
    await assert.rejects(place.send(folderOf("top"), way, folderOf("top/link", 0o777)), /not a folder, or is a link/);
    untouched(place);
  }
  const file: Member = { path: "top/file", type: "2", link: join(place.outside, "secret") };
  await place.send(folderOf("top"), file, { path: "top/file", data: "replaces the link", mode: 0o666 });
  assert.equal(readFileSync(join(place.folder, "top/file"), "utf8"), "replaces the link");
  assert.ok(lstatSync(join(place.folder, "top/file")).isFile());
  untouched(place);
});

test("no link that lay at the destination is followed, and a hard link there is not written into", async (context) => {
  const place = makePlace(context);
  mkdirSync(join(place.folder, "top"));
  symlinkSync(place.outside, join(place.folder, "top/d"));
  linkSync(join(place.outside, "secret"), join(place.folder, "top/f"));
  await assert.rejects(place.send(folderOf("top"), { path: "top/d/new", data: "x" }), /not a folder, or is a link/);
  await place.send({ path: "top/f", data: "mine", mode: 0o777 });
  untouched(place);
  symlinkSync(place.outside, join(place.folder, "top2"));
  const { folder } = place;
  const archive = makeArchive(folderOf("top"), { path: "top/x", data: "x" });
  await assert.rejects(unpack(inPieces(archive, 512), "top", { folder, name: Buffer.from("top2") }), /a link/);
  untouched(place);
});

test("hard links, devices, fifos and the unknown are left out and told; set-id bits are dropped", async (context) => {
  const place = makePlace(context);
  const done = await place.send(
    folderOf("top", 0o7755),
    { path: "top/hard", type: "1", link: join(place.outside, "secret") },
    { path: "top/dev", type: "4" },
    { path: "top/pipe", type: "6" },
    { path: "top/sparse", type: "S", size: 0 },
    { path: "top/\u001b[2J", type: "Z" },
    { path: "top/run", mode: 0o6755, data: "x" },
  );
  assert.deepEqual(readdirSync(join(place.folder, "top")), ["run"]);
  assert.equal(statSync(join(place.folder, "top/run")).mode & 0o7777, 0o755);
  assert.equal(statSync(join(place.folder, "top")).mode & 0o7777, 0o755);
  assert.deepEqual(done.leftOut.names, [
    'hard link "top/hard"',
    'block device "top/dev"',
    'fifo "top/pipe"',
    'sparse file "top/sparse"',
    String.raw`something unknown "top/\u{1b}[2J"`,
  ]);
});

test("a folder that was there keeps its mode, and one is not replaced by a file", async (context) => {
  const place = makePlace(context);
  mkdirSync(join(place.folder, "top"), { mode: 0o700 });
  await place.send(folderOf("top", 0o777));
  assert.equal(statSync(join(place.folder, "top")).mode & 0o7777, 0o700);
  await assert.rejects(place.send({ path: "top", data: "x" }), /is not a file, so it is not replaced/);
  execFileSync("mkfifo", [join(place.folder, "top/pipe")]);
  await assert.rejects(place.send({ path: "top/pipe", data: "x" }), /is not a file, so it is not replaced/);
});

test("a link without a target is refused: Bun's symlink threw an error of its own", async (context) => {
  const place = makePlace(context);
  const link: Member = { path: "top/link", type: "2", link: "" };
  await assert.rejects(place.send(folderOf("top"), link), /"top\/link": it is a link without a target/);
  assert.deepEqual(readdirSync(join(place.folder, "top")), []);
});

test("links that lead out are told", async (context) => {
  const place = makePlace(context);
  const link = (path: string, to: string): Member => ({ path, type: "2", link: to });
  const done = await place.send(
    folderOf("top"),
    link("top/a", "/etc/shadow"),
    link("top/b", "../../x"),
    link("top/c", "x/../y"),
  );
  assert.deepEqual(done.leadOut.names, ['"a" -> "/etc/shadow"', '"b" -> "../../x"']);
  assert.equal(readlinkSync(join(place.folder, "top/b")), "../../x");
});

test("of very many names the first are kept: a sandbox filled the host's memory with fifos without end", async (context) => {
  const place = makePlace(context);
  const fifos = Array.from({ length: 1500 }, (_, index): Member => ({ path: `top/${index}`, type: "6" }));
  const { leftOut } = await place.send(folderOf("top"), ...fifos);
  assert.deepEqual([leftOut.count, leftOut.names.length, leftOut.names[0]], [1500, 1000, 'fifo "top/0"']);
});

test("a folder gets its mode when its content is there, not at the end: folders without end filled the memory", async (context) => {
  const place = makePlace(context);
  const file = { path: "top/a/b/x", data: "x" };
  await place.send(
    folderOf("top", 0o500),
    folderOf("top/a", 0o500),
    folderOf("top/a/b", 0o500),
    file,
    folderOf("top/c"),
  );
  const modes = ["top", "top/a", "top/a/b", "top/c"].map((path) => statSync(join(place.folder, path)).mode & 0o7777);
  assert.deepEqual(modes, [0o500, 0o500, 0o500, 0o755]);
});

test("more than the disk has is refused before a byte of it is written", async (context) => {
  const place = makePlace(context);
  const huge = makeAttributes({ size: "9007199254740991" });
  await assert.rejects(place.send(huge, { path: "top", data: "x" }), /would fill the file system of/);
  await assert.rejects(place.send(makeAttributes({ size: "9007199254740993" }), { path: "top" }), /size is imposs/);
  for (const size of ["-5", "1e99", "007", "", " 5", "0x5"])
    await assert.rejects(place.send(makeAttributes({ size }), { path: "top" }), /"top": its size is not a number/);
  assert.deepEqual(readdirSync(place.folder), []);
});

test("an archive that ends early leaves nothing half, and one that does not end is left", async (context) => {
  const { folder } = makePlace(context);
  const to = { folder, name: Buffer.from("top") };
  const whole = makeArchive({ path: "top", data: "x".repeat(2000) });
  for (const length of [0, 100, 512, 1000, 2300, 2560]) {
    await assert.rejects(unpack(inPieces(whole.subarray(0, length), 300), "top", to), EarlyEnd, String(length));
    if (length < 2560) assert.deepEqual(readdirSync(folder), [], String(length));
  }
  const endless = Buffer.concat([whole, Buffer.alloc(512 * 40)]);
  await assert.rejects(unpack(inPieces(endless, 512), "top", to), /there is data after its end/);
});

test("noise in place of an archive is refused", async (context) => {
  const { folder } = makePlace(context);
  const to = { folder, name: Buffer.from("top") };
  const member = makeMember({ path: "top", data: "x" });
  const spoilt = (at: number, text: string): Buffer => {
    const copy = Buffer.from(member);
    copy.write(text, at, "latin1");
    return copy;
  };
  const noises = [Buffer.alloc(2048, "noise"), spoilt(0, "x"), spoilt(124, "9"), spoilt(136, "\xff")];
  for (const noise of noises) await assert.rejects(unpack(inPieces(noise, 512), "top", to), /sent a damaged archive/);
  for (const data of ["5 a=b\n", "x", "99 path=top\n", "-1 a=b\n", "0 a=b\n", "7 path\n", "1".repeat(70_000)]) {
    const archive = makeArchive({ path: "x", type: "x", data }, { path: "top" });
    await assert.rejects(unpack(inPieces(archive, 512), "top", to), /sent a damaged archive/, data.slice(0, 20));
  }
  assert.equal(existsSync(join(folder, "top")), false);
});

test("owners are kept if that is wanted, and none that no sandbox has", async (context) => {
  const { folder } = makePlace(context);
  const [owner, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  const copy = (members: readonly Member[], kept?: Kept): Promise<Unpacked> =>
    unpack(inPieces(makeArchive(...members), 700), "top", { folder, name: Buffer.from("top") }, undefined, kept);
  const file: Member = { path: "top/file", mode: 0o4751, owner, group, data: "x" };
  await copy([folderOf("top"), file], { owners: true, mode: 0o7777 });
  assert.equal(statSync(join(folder, "top/file")).mode & 0o7777, 0o4751);
  await copy([folderOf("top"), file]);
  assert.equal(statSync(join(folder, "top/file")).mode & 0o7777, 0o751);
  const foreign: Member = { ...file, owner: 65_536 };
  await copy([folderOf("top"), foreign]);
  await assert.rejects(
    copy([folderOf("top"), foreign], { owners: true, mode: 0o777 }),
    /"top\/file" belongs to .*65535/,
  );
});
