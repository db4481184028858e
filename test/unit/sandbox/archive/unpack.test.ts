import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { zstdCompressSync } from "node:zlib";
import { SandboxError } from "../../../../base/errors.ts";
import { packWords } from "../../../../helpers/sandbox/archive/pack.ts";
import { makeTreeWriter } from "../../../../helpers/sandbox/archive/tree-writer.ts";
import { unpackSandbox } from "../../../../helpers/sandbox/archive/unpack.ts";
import { makeArchive, type Member } from "../copy/archive.ts";
import { listOpen } from "../list-open.ts";
import { makeTemporary } from "../populate/temporary.ts";
import { lies, members, regularFile } from "./lies.ts";
import { compareTree, compress, makePlace, records, root } from "./sandbox-archive.ts";

/** Packs a tree with the tar of export, and unpacks it. */
async function passThrough(context: TestContext, fill: (root: string) => void) {
  const place = makePlace(context);
  const from = makeTemporary(context);
  for (const { path, data } of records) writeFileSync(join(from, String(path)), data ?? "");
  mkdirSync(join(from, "root"));
  fill(join(from, "root"));
  const [tar = "", ...words] = packWords;
  const parts = ["sandboxcontainer.json", "conf", "manifest.json", "root"];
  const archive = execFileSync(tar, [...words, `--directory=${from}`, ...parts], { maxBuffer: 2 ** 26 });
  await place.unpack(compress(archive));
  assert.deepEqual(readdirSync(place.folder), ["root"]);
  assert.deepEqual(await compareTree(place.folder, archive), []);
  return { before: join(from, "root"), after: join(place.folder, "root") };
}

test("what export's tar packs comes out the same: contents, modes, times, links, holes, odd names", async (context) => {
  const { before, after } = await passThrough(context, (root) => {
    mkdirSync(join(root, "a/b"), { recursive: true });
    mkdirSync(join(root, "empty"));
    writeFileSync(join(root, "a/big"), Buffer.alloc(300_001, "x"), { mode: 0o640 });
    writeFileSync(join(root, "a/set-id"), "x");
    linkSync(join(root, "a/set-id"), join(root, "hard"));
    symlinkSync("b/x", join(root, "a/link"));
    linkSync(join(root, "a/link"), join(root, "a/same-link"));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/a/`), Buffer.from([0xff, 0x0a, 0x20])]), "odd");
    writeFileSync(join(root, "a/b", "n".repeat(200)), "long");
    writeFileSync(join(root, "holes"), "head");
    truncateSync(join(root, "holes"), 40 * 2 ** 20);
    writeFileSync(join(root, "holes"), "tail", { flag: "a" });
    writeFileSync(join(root, "hole"), "");
    truncateSync(join(root, "hole"), 2 ** 20);
    execFileSync("mkfifo", ["-m", "0604", join(root, "fifo")]);
    execFileSync("chmod", ["4711", join(root, "a/set-id")]);
    execFileSync("chmod", ["0500", join(root, "a/b")]);
    // Node's times are floating-point numbers, in which a quarter of a second is exact.
    execFileSync("find", [root, "-exec", "touch", "--no-dereference", "--date=2001-02-03 04:05:06.25", "{}", "+"]);
    utimesSync(join(root, "a/big"), "-1000.5", "-1000.5");
    lutimesSync(join(root, "a/link"), 1_000_000_000.25, 1_000_000_000.25);
    utimesSync(join(root, "a"), 1_600_000_000, 1_600_000_000);
  });
  const list = (path: string): readonly string[] =>
    execFileSync("find", [".", "-printf", "%p %y %m %U:%G %n %s %T@ %l\\n"], { cwd: path, encoding: "latin1" })
      .split("\n")
      .sort()
      // The file system decides the sizes of folders.
      .map((line) => line.replace(/( d .*) \d+ (?=-?\d+\.)/, "$1 "));
  assert.deepEqual(list(after), list(before));
  for (const path of ["a/big", "holes", "hard"])
    assert.ok(readFileSync(join(after, path)).equals(readFileSync(join(before, path))), path);
  assert.ok(statSync(join(after, "holes")).blocks < 100);
});

const setAttribute = (path: string, name: string, value: string): Buffer =>
  execFileSync("setfattr", ["-n", name, "-v", value, path], { stdio: "pipe" });

/** Tells why files of tests cannot have attributes; undefined if they can. */
function missAttributes(): string | undefined {
  const probe = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
  try {
    setAttribute(probe, "user.probe", "x");
    setAttribute(probe, "system.posix_acl_access", acl);
    return undefined;
  } catch (error) {
    return `attributes cannot be set: ${String(error)}`;
  } finally {
    rmSync(probe, { recursive: true });
  }
}

const acl = "0x0200000001000700ffffffff020004002100000004000100ffffffff10000500ffffffff20000100ffffffff";

test(
  "attributes and ACLs come through, whatever their names and values are",
  { skip: missAttributes() ?? false },
  async (context) => {
    const { before, after } = await passThrough(context, (root) => {
      for (const file of ["noted", "listed"]) writeFileSync(join(root, file), "x");
      mkdirSync(join(root, "folder/sub"), { recursive: true });
      execFileSync("mkfifo", [join(root, "fifo")]);
      symlinkSync("/nowhere", join(root, "link"));
      for (const [name, value] of [
        ["user.note", "hello"],
        ["user.a=b%c\n", "0xff0a00"],
        ["user.empty", ""],
      ] as const)
        setAttribute(join(root, "noted"), name, value);
      setAttribute(join(root, "folder"), "user.folder", "x");
      for (const path of ["listed", "fifo"]) setAttribute(join(root, path), "system.posix_acl_access", acl);
      // Later files in the folder would inherit this.
      setAttribute(join(root, "folder"), "system.posix_acl_default", acl);
      // These are too many for one run of setfattr.
      for (let index = 0; index < 450; index++) {
        writeFileSync(join(root, `many-${index}`), "");
        setAttribute(join(root, `many-${index}`), "user.index", String(index));
      }
    });
    const options = ["--recursive", "--physical", "--no-dereference", "--match=-", "--encoding=hex", "--dump"];
    const list = (path: string): readonly string[] =>
      execFileSync("getfattr", [...options, "."], { cwd: path, encoding: "latin1" })
        .split("\n\n")
        .sort();
    assert.equal(list(after).length, 455);
    assert.deepEqual(list(after), list(before));
  },
);

for (const [what, [archive, message]] of Object.entries(lies))
  test(`A1: ${what} is refused, and nothing is made but what is thrown away`, async (context) => {
    const place = makePlace(context);
    await assert.rejects(place.unpack(compress(archive)), (error) => {
      assert.ok(error instanceof SandboxError, String(error));
      assert.match(error.message, message);
      return true;
    });
    assert.ok(readdirSync(place.folder).every((name) => name === "root"));
    assert.deepEqual(place.outside(), []);
  });

test("A1: a record that is missing, too large or not what export writes is refused with its name", async (context) => {
  const [made, conf, manifest] = records;
  assert.ok(made && conf && manifest);
  const wrong: readonly (readonly [readonly Member[], RegExp])[] = [
    [[conf, manifest], /it contains no sandboxcontainer\.json/],
    [[made, manifest], /it contains no conf/],
    [[made, conf], /it contains no manifest\.json/],
    [[{ ...made, data: "{}" }, conf, manifest], /"sandboxcontainer\.json" is refused: it was not made by this version/],
    [
      [{ ...made, data: '{"version":1,"name":"../x"}' }, conf, manifest],
      /"sandboxcontainer\.json" is refused: .*not a valid sandbox name/,
    ],
    [[{ ...made, data: "null" }, conf, manifest], /not made by this version/],
    [[made, { ...conf, data: Buffer.from([0xff]) }, manifest], /"conf" is refused: it is not text/],
    [[made, { ...conf, data: Buffer.alloc(2 ** 20 + 1) }, manifest], /"conf" is refused: it is too large/],
    // The message about the name had two lines, of which the archive chose the second.
    [
      [{ ...made, data: '{"version":1,"name":"a\\nDone"}' }, conf, manifest],
      /"sandboxcontainer\.json" is refused: `a\\u\{a\}Done` is not a valid sandbox name$/,
    ],
    [[made, conf, { ...manifest, size: 2 ** 27 }], /"manifest\.json" is refused: it is too large/],
    [[made, conf, { ...manifest, data: "{}" }], /"manifest\.json" is refused: its version is not supported/],
    [[made, conf, manifest, { path: "bases.json.gz", data: "x" }], /"bases\.json\.gz" is refused: it is damaged/],
    [[made, conf, manifest, { path: "configured", data: "apache2\n../x\n" }], /"configured" is refused: it is damaged/],
    [[made, conf, manifest, { path: "state.json", data: "{}" }], /"state\.json" is refused: it is damaged/],
    [
      [
        made,
        conf,
        { path: "conf.d/", type: "5" },
        ...Array.from({ length: 5 }, (_, index) => ({
          path: `conf.d/${index}.conf`,
          data: Buffer.alloc(2 ** 20, "#"),
        })),
        manifest,
      ],
      /"conf\.d\/\d\.conf" is refused: it is too large/,
    ],
  ];
  const padded = (length: number): Member => ({ ...made, data: '{"version":1,"name":"web1"}'.padEnd(length) });
  await makePlace(context).send(padded(4096), conf, manifest, root);
  await assert.rejects(makePlace(context).send(padded(4097), conf, manifest, root), /it is too large/);
  for (const [some, message] of wrong) {
    const place = makePlace(context);
    await assert.rejects(place.send(...some, root), message, String(message));
    assert.deepEqual(readdirSync(place.folder), []);
  }
});

test("A1: an archive that is damaged, compressed in another way, or followed by more is refused", async (context) => {
  const archive = members(regularFile);
  const damaged = compress(members({ ...regularFile, data: "x".repeat(1000) }));
  damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 1;
  const wrong: readonly (readonly [Buffer, RegExp])[] = [
    [Buffer.concat([compress(archive), compress(archive)]), /there is data after its end/],
    [Buffer.concat([compress(archive), Buffer.from("x")]), /there is data after its end/],
    [zstdCompressSync(archive), /its compression is not the one that export uses/],
    [archive, /not compressed with zstd/],
    [damaged, /archive is damaged, or not an exported sandbox$/],
    [damaged.subarray(0, -1), /archive is cut off: its end is missing$/],
  ];
  // Each has a place of its own: a file may be written before the damage is met.
  for (const [bytes, message] of wrong) await assert.rejects(makePlace(context).unpack(bytes), message);
});

test("A1: neither a link, a folder nor a fifo is read as an archive", async (context) => {
  const place = makePlace(context);
  const at = (name: string): string => join(place.folder, name);
  writeFileSync(at("archive"), compress(members(regularFile, { ...regularFile, path: "root/more", data: "yz" })));
  symlinkSync("archive", at("link"));
  execFileSync("mkfifo", [at("fifo")]);
  const read = (name: string) => unpackSandbox(at(name), () => makeTreeWriter(place.folder));
  await assert.rejects(read("link"), /link: it is a link/);
  await assert.rejects(read("fifo"), /fifo: it is not a file/);
  await assert.rejects(read("."), /it is not a file/);
  await assert.rejects(read("none"), /there is no such file/);
  await assert.rejects(read("archive/x"), /archive\/x: it cannot be opened: ENOTDIR/);
  assert.deepEqual(listOpen(place.folder), []);
  const failure = Object.assign(new Error("of the disk"), { code: "EIO" });
  const fail = unpackSandbox(at("archive"), () => {
    throw failure;
  });
  await assert.rejects(fail, (error) => error === failure);
  assert.deepEqual(await read("archive"), { files: 3, bytes: 3 });
  assert.ok(lstatSync(at("root/file")).isFile());
});

test("a damaged archive has its records looked at, and no root, before it is refused", async (context) => {
  const place = makePlace(context);
  await assert.rejects(place.send(...records), /it contains no root/);
  await assert.rejects(place.unpack(compress(makeArchive())), /it contains no root/);
});
