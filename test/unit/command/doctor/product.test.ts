import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName, type SandboxName } from "../../../../base/sandbox-name.ts";
import { failed, ok, type Sandboxes } from "../../../../helpers/command/doctor/check.ts";
import {
  checkConfs,
  checkDisk,
  checkGenerator,
  checkIdentities,
  checkLeftovers,
  checkOrphans,
  checkUnits,
} from "../../../../helpers/command/doctor/programs.ts";
import { listShared } from "../../../../helpers/command/doctor/this-host.ts";
import { formatFindings } from "../../../../helpers/command/verbs/doctor.ts";
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

test("what sandboxes run and the host no longer has stops them", async () => {
  assert.equal((await checkUnits(fakeHost({}))).verdict, "ok");
  const wrong = await checkUnits(fakeHost({ sandboxes: { uninstalled: ["a.conf:3: a.service", "b.conf:3: x"] } }));
  assert.deepEqual([wrong.verdict, wrong.message], ["failed", "a.conf:3: a.service (and 1 more)"]);
});

test("a root without a conf is told, and which conf it may have had", async () => {
  assert.equal((await checkOrphans(fakeHost({}))).verdict, "ok");
  const [lone, other] = [
    { name: "old", followers: [] },
    { name: "older", followers: ["new"] },
  ];
  const left = await checkOrphans(fakeHost({ sandboxes: { orphans: [lone] } }));
  assert.deepEqual([left.verdict, left.message], ["warning", "these have no conf: old"]);
  const renamed = await checkOrphans(fakeHost({ sandboxes: { orphans: [lone, other] } }));
  assert.equal(renamed.verdict, "failed");
  assert.match(renamed.fix ?? "", /sandboxcontainer rename older new$/);
});

test("what two sandboxes share is told", async () => {
  const [web1, web2, db] = ["web1", "web2", "db"].map(parseSandboxName) as [SandboxName, SandboxName, SandboxName];
  const state = { version: 1, uuid: "1", machineId: "a", idBase: null } as const;
  const shared = listShared([
    { name: db, state: { ...state, uuid: "2", machineId: "b", level: "s0:c1,c2" } },
    { name: web1, state: { ...state, idBase: 1_048_576 } },
    { name: web2, state: { ...state, uuid: "3", machineId: "c", idBase: 1_048_576, level: "s0:c1,c2" } },
  ]);
  assert.deepEqual(shared, ["web1 and web2 have the same host ids", "db and web2 have the same level"]);
  const finding = await checkIdentities(fakeHost({ sandboxes: { shared } }));
  assert.deepEqual([finding.verdict, finding.message], ["warning", shared.join("; ")]);
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

test("what killed commands left is named, the worst first", async () => {
  const [web1, web2] = [parseSandboxName("web1"), parseSandboxName("web2")];
  const left = (task: { kind: "deleting" } | { kind: "done" }) => ({
    name: web1,
    left: { command: ["delete", "web1"], folder: "/", task },
  });
  const check = (leftovers: Partial<Sandboxes["leftovers"]>) =>
    checkLeftovers(fakeHost({ sandboxes: { leftovers: { paths: [], unfinished: [], frozen: [], ...leftovers } } }));
  const paths = ["/etc/sandboxcontainer/web3.conf.new-12-34"];

  assert.equal((await check({})).verdict, "ok");
  const frozen = await check({ paths, unfinished: [left({ kind: "deleting" })], frozen: [web1, web2] });
  assert.deepEqual([frozen.verdict, frozen.fix], ["failed", "systemctl start sandboxcontainer-tidy"]);
  assert.match(frozen.message, /frozen: web1, web2$/);
  const broken = await check({ paths, unfinished: [left({ kind: "deleting" })] });
  assert.equal(broken.verdict, "failed");
  assert.match(broken.message, /sandbox web1 is incomplete: `.*delete web1` was killed/);
  const harmless = await check({ paths, unfinished: [left({ kind: "done" })] });
  assert.equal(harmless.verdict, "warning");
  assert.match(harmless.message, /web3\.conf\.new-12-34, a note of `.*delete web1`/);
});

test("findings are lines, with what to do below", () => {
  assert.equal(
    formatFindings([ok("cgroup", "version 2"), failed("SELinux", "permissive", "setenforce 1")]),
    "ok       cgroup   version 2\nfailed   SELinux  permissive\n                  -> setenforce 1\n",
  );
});
