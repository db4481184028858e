import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parseSizes } from "../../../../helpers/sandbox/snapshots/measure-snapshots.ts";

const program = join(import.meta.dirname, "../../../../dist/lib/measure-tree");
let top: string;

before(() => {
  top = mkdtempSync(join(tmpdir(), "measured-"));
});

after(() => {
  execFileSync("rm", ["-rf", top]);
});

const measure = (...folders: readonly string[]) => spawnSync(program, folders, { encoding: "utf8", timeout: 60_000 });
const diskUsage = (folder: string): number =>
  Number(execFileSync("du", ["-sx", "--block-size=1", folder], { encoding: "utf8" }).split("\t")[0]);

test("each line has two numbers, and the second may be unknown", () => {
  assert.deepEqual(parseSizes("852 12\n3 -\n"), [
    { bytes: 852, ownBytes: 12 },
    { bytes: 3, ownBytes: null },
  ]);
  assert.deepEqual(parseSizes(""), []);
});

test("a folder is measured as du does, with links, pipes, and folders that are deeper than a path may be", () => {
  const folder = join(top, "tree");
  mkdirSync(join(folder, "sub"), { recursive: true });
  writeFileSync(join(folder, "sub/file"), Buffer.alloc(300_000, 1));
  for (const name of ["one", "two"]) linkSync(join(folder, "sub/file"), join(folder, name));
  symlinkSync("/", join(folder, "everything"));
  symlinkSync("tree", join(folder, "sub/again"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
  execFileSync("perl", ["-e", 'for (1..60) { mkdir "d" x 200; chdir "d" x 200 or die } mkdir "x"'], { cwd: folder });
  const ran = measure(folder, join(top, "tree/sub"));
  assert.equal(ran.status, 0, ran.stderr);
  const [whole, part] = parseSizes(ran.stdout);
  // A file with three links is counted in thirds.
  assert.ok(Math.abs((whole?.bytes ?? 0) - diskUsage(folder)) <= 3, `${whole?.bytes} ${diskUsage(folder)}`);
  assert.ok((part?.bytes ?? Infinity) < 200_000);
});

test("what is not there takes nothing: somebody is removing it", () => {
  const ran = measure(join(top, "gone"));
  assert.equal(ran.status, 0, ran.stderr);
  assert.equal(parseSizes(ran.stdout)[0]?.bytes, 0);
});
