import assert from "node:assert/strict";
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeTreeWriter, type TreeWriter } from "../../../../helpers/sandbox/archive/tree-writer.ts";
import { parseTarHeader, type TarHeader } from "../../../../helpers/sandbox/copy/tar-header.ts";
import { inPieces, makeMember, type Member } from "../copy/archive.ts";
import { listOpen } from "../list-open.ts";
import { makeTemporary } from "../populate/temporary.ts";
import { replaceProgram } from "./replace-program.ts";
import { root } from "./sandbox-archive.ts";

// Only root may give files away.
const isRoot = process.getuid?.() === 0;
const [owner, group] = isRoot ? [1, 2] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
const own = { owner, group };

interface Added extends Member {
  readonly path: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content?: AsyncIterable<Buffer>;
}
/** Adds a member as `unpack` does. */
async function add(writer: TreeWriter, { attributes = {}, content, ...member }: Added): Promise<void> {
  const header: TarHeader = {
    ...parseTarHeader(makeMember(member).subarray(0, 512)),
    attributes: new Map(Object.entries(attributes).map(([key, value]) => [key, Buffer.from(value)])),
  };
  const names = member.path.split("/").filter((name) => name !== "");
  await writer.add(
    header,
    names.slice(1).map((name) => Buffer.from(name)),
    content ?? inPieces(Buffer.from(member.data ?? ""), 512),
  );
}
const note = { "SCHILY.xattr.user.note": "x" };
const top: Added = { ...root, path: "root/" };

test("files of every kind belong to whom the archive says, with modes and times", async (context) => {
  const folder = makeTemporary(context);
  const writer = makeTreeWriter(folder);
  const members: readonly Added[] = [
    { ...top, ...own, mode: 0o751, mtime: 1 },
    { path: "root/d/", type: "5", mode: 0o2750, mtime: 2 },
    { path: "root/d/e/", type: "5", mode: 0o700, mtime: 6 },
    { path: "root/d/e/file", data: "x", mode: 0o4640, mtime: 3 },
    { path: "root/d/hard", type: "1", link: "root/d/e/file", mode: 0o4640, mtime: 3 },
    { path: "root/fifo", type: "6", mode: 0o604, mtime: 4 },
    { path: "root/link", type: "2", link: "d", mode: 0o777, mtime: 5 },
  ];
  for (const each of members) await add(writer, { ...own, ...each });
  assert.equal(lstatSync(join(folder, "root/fifo")).nlink, 1, "no other name of it stays");
  writer.finish();
  writer.close();
  for (const { path, mode, mtime } of members) {
    const { uid, gid, mode: found, mtimeMs } = lstatSync(join(folder, path.replace(/\/$/, "")));
    assert.deepEqual([uid, gid, found & 0o7777, mtimeMs / 1000], [owner, group, mode, mtime], path);
  }
  assert.deepEqual(readdirSync(folder), ["root"]);
});

test("A1: what is not complete is closed to others", async (context) => {
  const folder = makeTemporary(context);
  const writer = makeTreeWriter(folder);
  const modes: number[] = [];
  async function* look(): AsyncGenerator<Buffer> {
    for (const path of ["root", "root/file"]) modes.push(statSync(join(folder, path)).mode & 0o7777);
    yield await Promise.resolve(Buffer.from("x"));
  }
  await add(writer, { ...top, mode: 0o1777 });
  await add(writer, { path: "root/file", mode: 0o666, ...own, content: look() });
  writer.close();
  assert.deepEqual(modes, [0o700, 0o600]);
});

test("A1: nothing is written over, and no link is followed", async (context) => {
  const folder = makeTemporary(context);
  symlinkSync(folder, join(folder, "link"));
  assert.throws(() => makeTreeWriter(join(folder, "link")), /ENOTDIR|ELOOP/);
  const writer = makeTreeWriter(folder);
  await add(writer, top);
  writeFileSync(join(folder, "root/file"), "before");
  symlinkSync("../after", join(folder, "root/link"));
  for (const path of ["root/file", "root/link"])
    await assert.rejects(
      add(writer, { path, data: "x", ...own }),
      new RegExp(`cannot write "${path}": there is already something with this name`),
    );
  await assert.rejects(add(writer, top), /cannot write "root\/": there is already something with this name/);
  writer.close();
  assert.equal(readFileSync(join(folder, "root/file"), "utf8"), "before");
  assert.ok(!existsSync(join(folder, "after")));
});

test("the pieces of a file with holes are where they belong, however its data comes", async (context) => {
  const folder = makeTemporary(context);
  const map = Buffer.alloc(512);
  map.write("3\n4\n10\n20\n1\n30\n0\n");
  const data = Buffer.concat([map, Buffer.from("0123456789x")]);
  const holes = {
    "GNU.sparse.major": "1",
    "GNU.sparse.minor": "0",
    "GNU.sparse.name": "x",
    "GNU.sparse.realsize": "30",
  };
  for (const piece of [1, 3, 4096]) {
    const writer = makeTreeWriter(folder);
    await add(writer, top);
    await add(writer, { path: "root/file", data, attributes: holes, content: inPieces(data, piece), ...own });
    writer.finish();
    writer.close();
    const file = Buffer.concat([Buffer.alloc(4), Buffer.from("0123456789"), Buffer.alloc(6), Buffer.from("x")]);
    assert.deepEqual(readFileSync(join(folder, "root/file")), Buffer.concat([file, Buffer.alloc(9)]));
    rmSync(join(folder, "root"), { recursive: true });
  }
});

test("attributes are set when a file or a folder is complete, and nothing stays open", async (context) => {
  const log = replaceProgram(
    context,
    "setfattr",
    "cat >>input; readlink /proc/self/fd/3 /proc/self/fd/4 /proc/self/fd/5 >files",
  );
  const folder = makeTemporary(context);
  const writer = makeTreeWriter(folder);
  const acl = { "SCHILY.acl.access": "user::rw-\ngroup::---\nother::---" };
  await add(writer, top);
  await add(writer, { path: "root/d/", type: "5", mode: 0o755, attributes: note, ...own });
  await add(writer, { path: "root/d/fifo", type: "6", mode: 0o600, attributes: acl, ...own });
  await add(writer, { path: "root/d/fifo2", type: "6", ...own });
  await add(writer, { path: "root/d/file", data: "x", attributes: note, ...own });
  writer.finish();
  writer.close();
  assert.deepEqual(listOpen(folder), []);
  assert.equal(readFileSync(join(log, "input"), "utf8").match(/^# file: /gm)?.length, 3);
  const files = ["d/fifo", "d/file", "d"].map((path) => `${join(folder, "root", path)}\n`);
  assert.equal(readFileSync(join(log, "files"), "utf8"), files.join(""));
});

test("after a failure nothing stays open", async (context) => {
  replaceProgram(context, "setfattr", "cat >input; exit 1");
  const folder = makeTemporary(context);
  const holes = {
    "GNU.sparse.major": "1",
    "GNU.sparse.minor": "0",
    "GNU.sparse.name": "x",
    "GNU.sparse.realsize": "9",
  };
  const writer = makeTreeWriter(folder);
  await add(writer, top);
  await add(writer, { path: "root/d/", type: "5", ...own });
  await assert.rejects(add(writer, { path: "root/d/file", data: "x\n", attributes: holes, ...own }), /map of holes/);
  await add(writer, { path: "root/d/other", attributes: note, ...own });
  assert.throws(() => {
    writer.finish();
  }, /attributes cannot be set/);
  writer.close();
  assert.deepEqual(listOpen(folder), []);
});

test("an attribute that cannot be set is an error also when a folder is left", async (context) => {
  const log = replaceProgram(context, "setfattr", "cat >input; test -e failed && exit; touch failed; exit 1");
  const folder = makeTemporary(context);
  const writer = makeTreeWriter(folder);
  await add(writer, top);
  await add(writer, { path: "root/d/", type: "5", attributes: note, ...own });
  for (let index = 0; index < 199; index++) await add(writer, { path: `root/d/${index}`, attributes: note, ...own });
  assert.throws(() => {
    writer.finish();
  }, /attributes cannot be set/);
  writer.close();
  assert.ok(existsSync(join(log, "failed")));
});
