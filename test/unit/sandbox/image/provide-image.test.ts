import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { describeError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { ImageHost } from "../../../../helpers/sandbox/image/mount-image.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { parseImageSize, provideImage } = await import("../../../../helpers/sandbox/image/make-image.ts");
const { runQuick } = await import("../../../../helpers/host/process/run-quick.ts");

const name = parseSandboxName("web1");
const state = join(top, "var/lib/sandboxcontainer/web1");
const image = join(state, "root.img");
const size = 16 * 2 ** 20;

beforeEach(() => {
  rmSync(state, { recursive: true, force: true });
});

after(() => {
  rmSync(top, { recursive: true });
});

/** Returns the commands and the messages; `change` describes the host. */
async function providing(
  bytes: number | undefined,
  change: Partial<ImageHost> = {},
): Promise<{ ran: string[]; warnings: string[]; error: string | undefined }> {
  const [ran, warnings]: [string[], string[]] = [[], []];
  const host: ImageHost = {
    run: (program, args) => {
      ran.push([program, ...args].join(" ").replaceAll(top, ""));
      return Promise.resolve({ status: 0, output: "" });
    },
    freeBytes: () => size,
    isMounted: () => Promise.resolve(false),
    hasSelinux: () => false,
    warn: (text) => warnings.push(text),
    ...change,
  };
  const error = await provideImage(name, bytes, host).then(
    () => undefined,
    (each: unknown) => describeError(each).replaceAll(top, ""),
  );
  return { ran, warnings, error };
}

const answering = (status: number, output = ""): Partial<ImageHost> => ({
  run: () => Promise.resolve({ status, output }),
});

test("an image is made beside, for root alone, and the tree has a link to it", async () => {
  const { ran, error } = await providing(size);
  assert.equal(error, undefined);
  assert.deepEqual(ran, [
    "mke2fs -q -t ext4 -b 4096 -m 0 -E lazy_itable_init=1,lazy_journal_init=1 -- /var/lib/sandboxcontainer/web1/root.img.new",
  ]);
  assert.equal(statSync(image).size, size);
  assert.equal(statSync(image).mode & 0o777, 0o600);
  assert.equal(statSync(state).mode & 0o777, 0o700);
  assert.equal(readlinkSync(join(state, "root")), "image/root");
  assert.deepEqual(readdirSync(state).sort(), ["image", "root", "root.img"]);
});

test("with SELinux the top of the image has the label of the folder that it is in", async () => {
  const commands: string[] = [];
  const { error } = await providing(size, {
    hasSelinux: () => true,
    run: (program, args) => {
      commands.push([program, ...args].join(" ").replaceAll(top, ""));
      return Promise.resolve({ status: 0, output: program === "stat" ? "u:r:t:s0" : "" });
    },
  });
  assert.equal(error, undefined);
  assert.deepEqual(commands.slice(1), [
    "stat --format=%C -- /var/lib/sandboxcontainer/web1",
    'debugfs -w -R ea_set / security.selinux "u:r:t:s0" /var/lib/sandboxcontainer/web1/root.img.new',
  ]);
});

test("an image that cannot be made is told with its reason, and nothing of it is left", async () => {
  const full = await providing(size, { freeBytes: () => size - 1 });
  assert.equal(
    full.error,
    "an image of 16M does not fit into /var/lib/sandboxcontainer/web1: its disk has 16.0 MiB free. Free some space, or make Image= smaller",
  );
  const without = await providing(size, answering(127, "mke2fs: not found"));
  assert.equal(without.error, "mke2fs, which makes images, is missing. Install e2fsprogs");
  const failed = await providing(size, answering(1, "mke2fs: no"));
  assert.equal(failed.error, "the image of web1 cannot be made: mke2fs: no");
  assert.deepEqual(readdirSync(state), ["image"]);
});

test("what a killed start left of an image is begun again", async () => {
  mkdirSync(state, { recursive: true });
  writeFileSync(`${image}.new`, "half");
  assert.equal((await providing(size)).error, undefined);
  assert.equal(existsSync(`${image}.new`), false);
});

test("nothing is done without Image=, and a root that is a folder is refused", async () => {
  assert.deepEqual(await providing(undefined), { ran: [], warnings: [], error: undefined });
  mkdirSync(join(state, "root"), { recursive: true });
  assert.match(
    (await providing(size)).error ?? "",
    /^the conf of web1 has Image=, but its root is a folder\. Remove Image=, or .*clone web1 NEW --imagesize 16M$/,
  );
});

function putImage(bytes = size): void {
  mkdirSync(state, { recursive: true });
  writeFileSync(image, "");
  truncateSync(image, bytes);
}

test("an image that is there is checked, unless it is mounted", async () => {
  putImage();
  assert.deepEqual((await providing(size)).ran, ["e2fsck -p -- /var/lib/sandboxcontainer/web1/root.img"]);
  assert.deepEqual((await providing(size, { isMounted: () => Promise.resolve(true) })).ran, []);
});

test("what e2fsck repaired is told, and what it cannot repair is an error of one line", async () => {
  putImage();
  const repaired = await providing(size, answering(1, "root.img: fixed\n  all of it\n"));
  assert.deepEqual(repaired.warnings, ["root.img: fixed all of it"]);
  assert.equal(repaired.error, undefined);
  const damaged = await providing(size, answering(4, "root.img: UNEXPECTED\n\tinconsistency"));
  assert.equal(
    damaged.error,
    "the image of web1 is damaged: root.img: UNEXPECTED inconsistency. " +
      "Repair it with e2fsck -f /var/lib/sandboxcontainer/web1/root.img, or restore a copy of it",
  );
});

test("an image of another size than its conf says is told, and used", async () => {
  putImage(2 * size);
  const { warnings, error } = await providing(size);
  assert.deepEqual(warnings, [
    "the image of web1 is 32M, but its conf says Image=16M. To resize the image: sandboxcontainer resize web1",
  ]);
  assert.equal(error, undefined);
});

test("IMAGE_SIZE is a number of bytes, or is not set", () => {
  assert.deepEqual([undefined, "", "16777216"].map(parseImageSize), [undefined, undefined, size]);
  for (const text of ["16M", "-1", "0", "1e9"]) assert.throws(() => parseImageSize(text), /not a number of bytes/);
});

const isInstalled = spawnSync("mke2fs", ["-V"]).error === undefined;

test("what mke2fs makes passes e2fsck, and a damaged image does not", { skip: !isInstalled }, async () => {
  const host: Partial<ImageHost> = { run: runQuick };
  assert.equal((await providing(size, host)).error, undefined);
  assert.deepEqual(await providing(size, host), { ran: [], warnings: [], error: undefined });
  writeFileSync(image, Buffer.alloc(size, "x"));
  assert.match((await providing(size, host)).error ?? "", /is damaged: .*Repair it with e2fsck -f/);
});
