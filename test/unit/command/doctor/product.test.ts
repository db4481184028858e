import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFindings } from "../../../../helpers/command/verbs/doctor.ts";
import { failed, ok } from "../../../../helpers/command/doctor/check.ts";
import { checkConfs, checkDisk, checkGenerator, checkIdentities } from "../../../../helpers/command/doctor/product.ts";
import { fakeHost } from "./fake-host.ts";

const generator = { "/usr/lib/systemd/system-generators/sandboxcontainer-generator": "" };

test("the generator has to be there, and what it wrote to be as it would write it now", async () => {
  assert.equal((await checkGenerator(fakeHost({}))).verdict, "failed");
  assert.equal((await checkGenerator(fakeHost({ files: generator }))).verdict, "ok");
  const stale = await checkGenerator(fakeHost({ files: generator, sandboxes: { stale: ["web1", "web2"] } }));
  assert.equal(stale.verdict, "warning");
  assert.match(stale.message, /web1, web2/);
  assert.equal(stale.fix, "systemctl daemon-reload");
});

test("a conf with errors stops its sandbox", async () => {
  assert.equal((await checkConfs(fakeHost({}))).verdict, "ok");
  const wrong = await checkConfs(fakeHost({ sandboxes: { confErrors: ["a.conf:1: x", "b.conf:2: y"] } }));
  assert.deepEqual([wrong.verdict, wrong.message], ["failed", "a.conf:1: x (and 1 more)"]);
});

test("ids, levels and space are watched before they run out", async () => {
  assert.match(
    (await checkIdentities(fakeHost({ sandboxes: { idRanges: 3, levels: 2 } }))).message,
    /28661 ranges.*523774/,
  );
  assert.equal((await checkIdentities(fakeHost({ sandboxes: { idRanges: 28_000 } }))).verdict, "warning");
  const disk = async (free: number, total: number) => (await checkDisk(fakeHost({ space: { free, total } }))).verdict;
  assert.equal(await disk(2 ** 30, 2 ** 32), "ok");
  assert.equal(await disk(2 ** 30, 2 ** 40), "warning");
  assert.equal(await disk(2 ** 20, 2 ** 32), "failed");
  assert.equal((await checkDisk(fakeHost({}))).verdict, "warning");
});

test("findings are lines, with what to do below", () => {
  assert.equal(
    formatFindings([ok("cgroup", "version 2"), failed("SELinux", "permissive", "setenforce 1")]),
    "ok       cgroup   version 2\nfailed   SELinux  permissive\n                  -> setenforce 1\n",
  );
});
