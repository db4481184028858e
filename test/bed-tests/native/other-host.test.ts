import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

// What a sandbox needs that moves between hosts. See also test/bed-tests/native/export.test.ts.
const bed = useBed("native");
const { deleteAfter, make, makeSleeper } = useSandboxes(bed);
const state = "/var/lib/sandboxcontainer";
const sh = (script: string): Promise<string> => bed.run("sh", "-c", script);
const write = async (path: string, text: string): Promise<void> => {
  assert.equal((await bed.feed(text, "sh", "-c", 'mkdir -p "${0%/*}" && cat > "$0"', path)).status, 0);
};
const show = async (name: string): Promise<Readonly<Record<string, unknown>>> =>
  JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as Record<string, unknown>;

/** Writes the conf of a sleeper with these lines in [Unit] for one test, and makes systemd read it. */
async function writeSleeper(t: TestContext, name: string, ...needs: readonly string[]): Promise<void> {
  deleteAfter(t, name);
  const lines = ["[Sandbox]", "Exec=/usr/bin/sleep infinity", "[Unit]", ...needs];
  await write(`/etc/sandboxcontainer/${name}.conf`, `${lines.join("\n")}\n`);
  await bed.run("systemctl", "daemon-reload");
}

for (const kind of ["Condition", "Assert"])
  test(`while ${kind}PathIsMountPoint= does not hold, no root is made`, async (t) => {
    const [name, disk] = ["moves1", "/srv/moves1"];
    t.after(() => sh(`umount ${disk}; rmdir ${disk}; true`));
    await writeSleeper(t, name, `${kind}PathIsMountPoint=${disk}`);
    const started = await bed.try("sandboxcontainer", "start", name);
    assert.notEqual(started.status, 0);
    assert.match(
      started.stderr,
      new RegExp(`cannot start moves1: ${kind}PathIsMountPoint=${disk} of its conf does not hold`),
    );
    await bed.try("systemctl", "start", `sandbox-root@${name}`);
    assert.equal(
      await sh(`ls -A ${state}/${name} 2>&1 || true`),
      `ls: cannot access '${state}/${name}': No such file or directory`,
    );
    await sh(`mkdir -p ${disk} && mount -t tmpfs tmpfs ${disk}`);
    await bed.run("sandboxcontainer", "start", name);
    assert.equal(await bed.run("systemctl", "is-active", `sandbox@${name}`), "active");
  });

test("what RequiresMountsFor= names is mounted before the root is made", async (t) => {
  const [name, folder] = ["moves2", `${state}/moves2`];
  const unit = "/etc/systemd/system/var-lib-sandboxcontainer-moves2.mount";
  t.after(() => sh(`systemctl stop ${folder}; rm -f ${unit}; systemctl daemon-reload`));
  await write(unit, `[Mount]\nWhat=tmpfs\nWhere=${folder}\nType=tmpfs\n`);
  await writeSleeper(t, name, `RequiresMountsFor=${folder}`);
  await bed.run("systemctl", "start", `sandbox@${name}`);
  assert.equal(await bed.run("findmnt", "--noheadings", "--output=FSTYPE", folder), "tmpfs");
  assert.equal(await sh(`test -d ${folder}/root && echo made`), "made");
  await bed.run("systemctl", "stop", `sandbox@${name}`);
});

test("another host prepares a sandbox again, and only then", async (t) => {
  const name = "moves3";
  await makeSleeper(t, name, "--start");
  const stamp = await sh(`cd ${state}/${name} && echo populated-*`);
  assert.match(stamp, new RegExp(`^populated-[0-9a-f]{16}-${await sh("cat /etc/machine-id")}$`));
  const countRoots = async (): Promise<number> =>
    [...(await bed.journal("--unit", `sandbox-root@${name}`)).matchAll(/entries from/g)].length;
  const before = await countRoots();
  await bed.run("systemctl", "restart", `sandbox@${name}`);
  assert.equal(await countRoots(), before);
  await bed.run("systemctl", "stop", `sandbox@${name}`);
  await sh(`cd ${state}/${name} && mv ${stamp} ${stamp.slice(0, -32)}${"f".repeat(32)} && echo left >start/left`);
  await bed.run("systemctl", "start", `sandbox@${name}`);
  assert.equal(await countRoots(), before + 1);
  assert.equal(await sh(`cd ${state}/${name} && echo populated-* && ls start/left 2>/dev/null || true`), stamp);
});

test("ids that somebody else has are changed when the sandbox is prepared", async (t) => {
  await makeSleeper(t, "moves4");
  await makeSleeper(t, "moves5");
  const idsOf = async (name: string): Promise<string> => String((await show(name))["hostIds"]);
  const theirs = await idsOf("moves4");
  const ids = `s/"idBase": [0-9]*/"idBase": ${theirs.split("-")[0] ?? ""}/`;
  await sh(`cd ${state}/moves5 && sed -i '${ids}' state.json && rm populated-*`);
  assert.match((await bed.try("sandboxcontainer", "doctor")).stdout, /moves4 and moves5 have the same host ids/);
  await bed.run("sandboxcontainer", "start", "moves4", "moves5");
  assert.equal(await idsOf("moves4"), theirs);
  assert.notEqual(await idsOf("moves5"), theirs);
});

test("ids that somebody took while the sandbox was on another host are changed at its start", async (t) => {
  t.after(() => sh("rm -rf /root/away"));
  await makeSleeper(t, "moves6", "--start");
  await bed.run("systemctl", "stop", "sandbox@moves6");
  const first = String((await show("moves6"))["hostIds"]).split("-")[0] ?? "";
  await sh(`mv ${state}/moves6 /root/away`);
  await writeSleeper(t, "moves7");
  await write("/etc/sandboxcontainer/moves7.conf.d/ids.conf", `[Security]\nHostIds=${first}\n`);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "start", "moves7");
  await sh(`mv /root/away ${state}/moves6`);
  await bed.run("sandboxcontainer", "start", "moves6");
  assert.match(await bed.journal("--unit", "sandbox@moves6"), /sandbox moves7 runs with that\. Preparing moves6 again/);
  assert.notEqual(String((await show("moves6"))["hostIds"]).split("-")[0], first);
  const map = await bed.run("sandboxcontainer", "execute", "moves6", "--", "cat", "/proc/self/uid_map");
  assert.doesNotMatch(map, new RegExp(`\\b${first}\\b`));
});

test("ids that a conf fixes, and that somebody else has, are refused", async (t) => {
  await makeSleeper(t, "moves8");
  const first = String((await show("moves8"))["hostIds"]).split("-")[0] ?? "";
  await writeSleeper(t, "moves9");
  await write("/etc/sandboxcontainer/moves9.conf.d/ids.conf", `[Security]\nHostIds=${first}\n`);
  await bed.run("systemctl", "daemon-reload");
  const started = await bed.try("sandboxcontainer", "start", "moves9");
  assert.notEqual(started.status, 0);
  assert.match(started.stderr, new RegExp(`HostIds=${first}: sandbox moves8 has one of these ids`));
});

test("import --replace brings an older copy of a sandbox up to date", async (t) => {
  const archive = "/root/copy1.tar.zst";
  t.after(() => bed.try("rm", "-f", archive));
  await make(t, "copy1", "--unit", "redis-server.service", "--start");
  await bed.run("sandboxcontainer", "execute", "copy1", "--", "sh", "-c", "echo new >/srv/data");
  await bed.run("systemctl", "stop", "sandbox@copy1");
  await bed.run("sandboxcontainer", "set", "copy1", "TimeoutStopSec=30s");
  await bed.run("sandboxcontainer", "export", "copy1", archive);
  const before = await show("copy1");
  // Now it becomes the older copy.
  await bed.run("sandboxcontainer", "snapshot", "copy1", "kept");
  await sh(`echo old >${state}/copy1/root/srv/data; touch ${state}/copy1/root/srv/gone`);
  await bed.run("sandboxcontainer", "set", "copy1", "TimeoutStopSec=20s");
  await bed.run("sandboxcontainer", "start", "copy1");
  const running = await bed.try("sandboxcontainer", "import", "--replace", archive);
  assert.match(running.stderr, /sandbox copy1 is running/);
  await bed.run("systemctl", "stop", "sandbox@copy1");
  await bed.run("sandboxcontainer", "import", "--replace", archive);
  assert.equal(await sh(`cat ${state}/copy1/configure/packages`), "");
  await bed.run("sandboxcontainer", "start", "copy1");
  assert.equal(await bed.run("sandboxcontainer", "execute", "copy1", "--", "sh", "-c", "cat /srv/*"), "new");
  const after = await show("copy1");
  for (const key of ["uuid", "machineId", "hostIds"]) assert.equal(after[key], before[key], key);
  assert.deepEqual(after["snapshots"], ["kept"]);
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/copy1.conf"), /TimeoutStopSec=30s/);
  await makeSleeper(t, "copy2");
  const other = await bed.try("sandboxcontainer", "import", "--replace", archive, "copy2");
  assert.notEqual(other.status, 0);
  assert.match(other.stderr, /sandbox copy2 is not a copy of the one in the archive/);
});

test("a copy can be brought up to date while its disk is on the other host", async (t) => {
  const [archive, disk] = ["/root/copy3.tar.zst", "/srv/copy3"];
  t.after(() => sh(`umount ${disk}; rm -rf ${disk} ${archive}`));
  await makeSleeper(t, "copy3");
  await bed.run("sandboxcontainer", "set", "copy3", `Unit.AssertPathIsMountPoint=${disk}`);
  await bed.run("sandboxcontainer", "export", "copy3", archive);
  const { status, stderr } = await bed.try("sandboxcontainer", "import", "--replace", archive);
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    new RegExp(`prepared at its next start, because AssertPathIsMountPoint=${disk} of its conf does`),
  );
  assert.notEqual((await bed.try("sandboxcontainer", "start", "copy3")).status, 0);
  await sh(`mkdir -p ${disk} && mount -t tmpfs tmpfs ${disk}`);
  await bed.run("sandboxcontainer", "start", "copy3");
});

test("doctor --peer compares two hosts over ssh", async (t) => {
  t.after(() => sh("systemctl stop ssh.service ssh.socket; rm -rf /root/.ssh"));
  await sh("systemctl start ssh && ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519");
  await sh("cp /root/.ssh/id_ed25519.pub /root/.ssh/authorized_keys && ssh-keyscan localhost >/root/.ssh/known_hosts");
  const { status, stdout } = await bed.try("sandboxcontainer", "doctor", "--peer", "localhost", "--json");
  assert.equal(status, 1);
  const findings = JSON.parse(stdout) as readonly { readonly check: string; readonly verdict: string }[];
  // It is the same host, so nothing differs, not even what has to.
  assert.deepEqual(
    findings.filter(({ verdict }) => verdict !== "ok").map(({ check }) => check),
    ["peer: machine-id"],
  );
  const nobody = await bed.try("sandboxcontainer", "doctor", "--peer", "nowhere.invalid");
  assert.notEqual(nobody.status, 0);
  assert.match(nobody.stderr, /nowhere\.invalid/);
});
