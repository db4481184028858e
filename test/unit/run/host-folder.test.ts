import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { describeError } from "../../../base/errors.ts";
import {
  explainPath,
  type HostFolder,
  mountOf,
  parseMountId,
  pathAbove,
  placeOf,
  readWay,
  withHostFolder,
} from "../../../helpers/run/host-folder.ts";

const top = realpathSync(mkdtempSync(join(tmpdir(), "sandboxcontainer-")));
const folder = (...parts: string[]): string => join(top, ...parts);
mkdirSync(folder("a/b"), { recursive: true });
symlinkSync("a", folder("link"));
symlinkSync("b", folder("a/last\u001b[31m"));
writeFileSync(folder("file"), "");

after(() => {
  rmSync(top, { recursive: true });
});

const opening = (path: string): Promise<string> =>
  withHostFolder(path, () => Promise.resolve("open")).catch((error: unknown) => describeError(error));

test("a path without links is opened", async () => {
  assert.equal(await opening(folder("a/b")), "open");
  assert.equal(await opening("/"), "open");
});

test("a link in the path is refused, wherever it is, with the place and where it leads", async () => {
  assert.match(
    await opening(folder("link/b")),
    /\/link is a link to a\. .*In Mount=, name the folder that it leads to/,
  );
  assert.match(await opening(folder("link")), /\/link is a link to a\./);
  assert.match(await opening(folder("a/last\u001b[31m")), /is a link to b\./);
});

test("what a link says is told as plain text", () => {
  symlinkSync("\u001b[31mred\n<0>", folder("evil"));
  assert.match(explainPath(folder("evil")).message, /\/evil is a link to \\u\{1b\}\[31mred\\u\{a\}<0>$/);
});

test("the first part that is missing is told, and a file", async () => {
  assert.match(await opening(folder("none/b")), /^there is no \S+\/none\. Make it, or change Mount=$/);
  assert.match(await opening(folder("file")), /\/file is not a folder/);
  assert.match(await opening(folder("file/b")), /there is no \S+\/file\/b/);
});

test("it is the same folder when another one is put in its place", async () => {
  mkdirSync(folder("swap"));
  writeFileSync(folder("swap/mine"), "");
  await withHostFolder(folder("swap"), (open) => {
    renameSync(folder("swap"), folder("moved"));
    symlinkSync("/etc", folder("swap"));
    // mount(8) is run in the same way.
    const seen = execFileSync("ls", ["."], { cwd: placeOf(open), encoding: "utf8" });
    assert.equal(seen, "mine\n");
    assert.equal(pathAbove(open, 1), top);
    return Promise.resolve();
  });
});

test("the folders above it are asked by descriptor, the nearest first and without the root", async () => {
  await withHostFolder(folder("a/b"), (open) => {
    const way = readWay(open);
    assert.equal(way.length, folder("a/b").split("/").length - 2);
    assert.equal(pathAbove(open, way.length), `/${top.split("/")[1] ?? ""}`);
    return Promise.resolve();
  });
  const count = (path: string) => withHostFolder(path, (open: HostFolder) => Promise.resolve(readWay(open).length));
  assert.deepEqual([await count("/"), await count("/usr"), await count("/usr/bin")], [0, 0, 1]);
});

test("the number of its mount is the kernel's", async () => {
  await withHostFolder(folder("a/b"), (open) => {
    assert.equal(mountOf(open), mountOf(open, 1));
    return Promise.resolve();
  });
  await withHostFolder("/proc", (open) => {
    assert.notEqual(mountOf(open), mountOf(open, 1));
    return Promise.resolve();
  });
  assert.equal(parseMountId("pos:\t0\nflags:\t012\nmnt_id:\t27\nino:\t5\n"), 27);
  assert.throws(() => parseMountId("pos:\t0\n"), { name: "SandboxError" });
});
