import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

// Only root can make a mount namespace. The mounts in it end with it.
const needsRoot = { skip: process.getuid?.() !== 0 && "needs root, to mount" };
const script = join(import.meta.dirname, "real-mounts.ts");

function run(scenario: string): unknown {
  // Everybody can reach this folder, but only root can move things in it.
  const top = mkdtempSync("/var/lib/sandboxcontainer-test-");
  try {
    chmodSync(top, 0o755);
    const words = ["--mount", "--propagation", "private", process.execPath, script, scenario, top];
    return JSON.parse(execFileSync("unshare", words, { encoding: "utf8" }));
  } finally {
    rmSync(top, { recursive: true });
  }
}

test(
  "a folder that is swapped for a link is mounted over itself, and nothing over the target of the link",
  needsRoot,
  () => {
    assert.deepEqual(run("cover"), { evil: [], moved: 1 });
  },
);

test("two that guard one folder at once make one mount, and so does a third", needsRoot, () => {
  const { mounts, list } = run("guard") as { mounts: readonly string[]; list: string };
  assert.equal(mounts.length, 1);
  assert.match(mounts[0] ?? "", /^\/source rw,nosuid,nodev/);
  assert.equal(list, "/source");
});

test("a source that is swapped for a link before it is mounted is the one that was opened", needsRoot, () => {
  const { hasMine, mounts } = run("bind") as { hasMine: boolean; mounts: readonly string[] };
  assert.equal(hasMine, true);
  assert.match(mounts[0] ?? "", /mount-0 rw,nosuid,nodev/);
});

test(
  "a file is shown in another place, and a link, a folder and nothing are refused without a trace",
  needsRoot,
  () => {
    const [file, link, folder, none, count] = run("file") as readonly string[];
    assert.equal(file, "mine");
    assert.match(link ?? "", /^\/source\/link is a link to mine\./);
    assert.equal(folder, "/source/folder is not a file");
    assert.match(none ?? "", /^there is no \/source\/none\./);
    // The only mount is that of the file that is shown.
    assert.equal(count, 1);
  },
);

test("attach mounts all that a container is put together from", needsRoot, () => {
  assert.deepEqual(run("attach"), {
    mounts: ["root rw,nodev", "usr ro,nodev", "run rw,nosuid,nodev", "tmp rw,nosuid,nodev", "shm rw,nosuid,nodev"],
    isFilled: true,
    mode: "710",
  });
});

test("mounts have their flags, ids and owner, are private below a shared one, and follow no link", needsRoot, () => {
  assert.deepEqual(run("flags"), {
    mounts: ["/mapped ro,nodev,idmapped", "/plain rw", "/memory rw,nosuid"],
    shared: [false, true, false],
    owners: [300_000, 0, 7],
    refusals: [
      "mount: /link: Invalid argument",
      "umount: /link: Invalid argument",
      "umount: /mapped: Invalid argument",
    ],
  });
});

test("a lock is one process's until that releases it", needsRoot, () => {
  assert.deepEqual(run("lock"), [true, false, true]);
});
