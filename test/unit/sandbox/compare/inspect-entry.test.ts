import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { openHostTree } from "../../../../helpers/host/files/host-tree.ts";
import { inspectHost } from "../../../../helpers/sandbox/compare/list-folder.ts";
import type { FileEntry } from "../../../../helpers/sandbox/manifest/entry.ts";
import { digestOf } from "../../../../helpers/sandbox/tree/look-up.ts";

const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
after(() => {
  rmSync(top, { recursive: true, force: true });
});

const huge = 4 * 1024 ** 4;
const digest = digestOf([Buffer.from("host\n")]);
const entryOf = (path: string, copy = path, size = 5): FileEntry => ({
  path,
  kind: "file",
  owner: process.getuid?.() ?? 0,
  group: process.getgid?.() ?? 0,
  mode: 0o644,
  source: { copy },
  content: { size, digest },
  reason: "a test",
});
const look = (...words: Parameters<typeof entryOf>) => inspectHost(openHostTree(top), top, entryOf(...words));
function put(path: string): string {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), "host\n", { mode: 0o644 });
  return join(top, path);
}

test("a file that a plan copies is compared with the host's", () => {
  for (const path of ["/etc/a", "/var/lib/a/b", "/srv/a", "/opt/a"]) {
    put(path);
    assert.deepEqual(look(path), { state: "same" });
    writeFileSync(join(top, path), "mine\n");
    assert.deepEqual(look(path), { state: "changed", aspects: ["content"] });
  }
  put("/run/systemd/generator.late/b.service");
  assert.deepEqual(look("/etc/systemd/system/b.service", "/run/systemd/generator.late/b.service"), { state: "same" });
});

test("no other file of the host is looked at, whatever a manifest from an archive says", () => {
  for (const [path, copy = path] of [
    ["/proc/kcore"],
    ["/sys/kernel/x"],
    ["/dev/watchdog"],
    ["/run/x"],
    ["/home/alice/x"],
    ["/etc/x", "/home/alice/x"],
    ["/etc/x", "/etc/y"],
    ["/etc/x", "/run/systemd/x"],
    ["/var/lib/sandboxcontainer/other/root.img"],
  ] as const) {
    put(copy);
    assert.equal(look(path, copy), undefined, copy);
  }
});

test("a huge file of the host is not read, nor is what is no file", () => {
  truncateSync(put("/var/huge"), huge);
  const began = performance.now();
  assert.deepEqual(look("/var/huge"), { state: "changed", aspects: ["content"] });
  assert.deepEqual(look("/var/huge", "/var/huge", huge), { state: "same" });
  assert.ok(performance.now() - began < 1000);
  assert.equal(spawnSync("mkfifo", [join(top, "etc/pipe")]).status, 0);
  assert.deepEqual(look("/etc/pipe"), { state: "changed", aspects: ["kind"] });
  symlinkSync(join(top, "var/huge"), join(top, "etc/link"));
  assert.deepEqual(look("/etc/link"), { state: "changed", aspects: ["kind"] });
});
