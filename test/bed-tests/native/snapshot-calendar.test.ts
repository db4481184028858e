import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";
import { useSnapshots } from "../snapshots.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter, make, makeSleeper } = useSandboxes(bed);
const { allowMany, assertClean, isActive, list, look, names, notes, said, service, shell, state, take, timer } =
  useSnapshots(bed);
const everySecond = ["--snapshots", "*:*:0/1", "--set", "Snapshots.AccuracySec=10ms"];
const daily = ["--snapshots", "daily"];

before(allowMany);

// What writes two files in turn: the first is ahead by one at most. Between them is what takes a while to copy.
const writer = "i=10000000; while :; do i=$((i+1)); echo $i 1<>/srv/a/file; echo $i 1<>/srv/z/file; done";

test("a timer takes snapshots, never torn, and removes the older ones of its own", async (t) => {
  deleteAfter(t, "torn");
  await bed.run(
    "sandboxcontainer",
    "create",
    "torn",
    "--set",
    "Snapshots.AccuracySec=10ms",
    "--snapshots",
    "*:*:0/2",
    "--set",
    "Keep=3",
    "--",
    "/bin/sh",
    "-c",
    writer,
  );
  await shell(
    `cd ${state("torn")}/root/srv; mkdir a m z; chown --reference=. a m z; head -c 60M /dev/urandom > m/large`,
  );
  await bed.run("sandboxcontainer", "snapshot", "torn", "mine");
  await bed.run("systemctl", "start", "sandbox@torn");
  await eventually(async () => {
    assert.ok((await said("torn")).split("Removed auto-").length > 3, await said("torn"));
  });
  await bed.run("systemctl", "stop", timer("torn"));
  await eventually(async () => {
    assert.equal(await isActive(service("torn")), "inactive");
  });
  const left = await list("torn");
  const mine = left.filter(({ automatic }) => !automatic);
  assert.deepEqual([mine.map(({ snapshot }) => snapshot), left.length], [["mine"], 4], JSON.stringify(left));
  for (const { snapshot } of left.filter(({ automatic }) => automatic)) {
    const [first, second] = (await shell(`cd ${state("torn")}/snapshots/${snapshot}/root/srv; cat a/file z/file`))
      .split("\n")
      .map(Number);
    assert.ok(first !== undefined && second !== undefined && [0, 1].includes(first - second), `${first} ${second}`);
    assert.match(snapshot, /^auto-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/);
  }
  // It goes on afterwards.
  const at = () => shell(`cat ${state("torn")}/root/srv/a/file`);
  const then = await at();
  await eventually(async () => {
    assert.notEqual(await at(), then);
  });
  await assertClean("torn");
});

test("systemd takes no second one while one is taken, and none twice", async (t) => {
  await make(t, "slow", ...everySecond, "--set", "Keep=99", "--", "/usr/bin/sleep", "infinity");
  await bed.run("systemctl", "stop", timer("slow"));
  await shell(`head -c 300M /dev/urandom > ${state("slow")}/root/srv/large`);
  await bed.run("systemctl", "start", timer("slow"));
  // Meanwhile somebody starts it by hand.
  await Promise.all([take("slow"), take("slow"), take("slow")]);
  await bed.run("systemctl", "stop", timer("slow"));
  await eventually(async () => {
    assert.equal(await isActive(service("slow")), "inactive");
  });
  const lines = (await said("slow")).split("\n").filter((line) => /^(Starting|Finished) /.test(line));
  lines.forEach((line, index) => {
    assert.match(line, index % 2 === 0 ? /^Starting/ : /^Finished/, lines.join("\n"));
  });
  assert.equal((await names("slow")).length, lines.length / 2);
});

test("one that was missed is made up for, unless Persistent=no", async (t) => {
  await makeSleeper(t, "missed", ...daily);
  await makeSleeper(t, "late", ...daily, "--set", "Snapshots.Persistent=no");
  assert.equal(await isActive(timer("missed")), "active");
  assert.deepEqual([await names("missed"), await names("late")], [[], []]);
  for (const name of ["missed", "late"]) {
    await bed.run("systemctl", "stop", timer(name));
    await shell(`touch -d '3 days ago' /var/lib/systemd/timers/stamp-${timer(name)}`);
    await bed.run("systemctl", "start", timer(name));
  }
  await eventually(async () => {
    assert.equal((await names("missed")).length, 1);
  });
  const { state: active, substate, next, last, failed } = (await look("missed")) ?? {};
  assert.deepEqual([active, substate, failed], ["active", "waiting", false]);
  assert.equal(next, Number(await bed.run("date", "--date=tomorrow 00:00", "+%s")));
  assert.ok((last ?? 0) > Date.now() / 1000 - 60);
  assert.deepEqual(await names("late"), []);
});

test("a sandbox that does not run is kept too, one without a root is left out, and strange files are copied as they are", async (t) => {
  await makeSleeper(t, "strange", ...daily);
  await shell(`cd ${state("strange")}/root/srv; mkfifo pipe; ln -s /etc/shadow link; ln -s / all; ln link hard; mkdir many
perl -MSocket -e 'socket(my $s, PF_UNIX, SOCK_STREAM, 0); bind($s, sockaddr_un("sock"))'
perl -e 'for (1..20000) { open my $f, ">", "many/$_" }'`);
  assert.equal((await take("strange")).status, 0);
  const [snapshot] = await names("strange");
  const types = `cd %/srv && find . -printf '%y %p %l %n\\n' | sort | sha256sum`;
  assert.equal(
    await shell(types.replace("%", `${state("strange")}/snapshots/${snapshot}/root`)),
    await shell(types.replace("%", `${state("strange")}/root`)),
  );
  // No conf of a sandbox that was never started has a root.
  deleteAfter(t, "rootless");
  await shell(
    "printf '[Sandbox]\\nExec=/bin/true\\n[Snapshots]\\nOnCalendar=daily\\n' > /etc/sandboxcontainer/rootless.conf; systemctl daemon-reload",
  );
  assert.equal((await take("rootless")).status, 0);
  assert.equal(await notes("rootless"), "snapshots-stopped");
  await bed.run("systemctl", "start", timer("rootless"));
  assert.equal(await notes("rootless"), "-");
  assert.equal(await shell(`ls ${state("rootless")} 2>/dev/null; true`), "");
});

test("nobody can give a snapshot a name that the timer gives", async (t) => {
  await makeSleeper(t, "named");
  oneLine(await command("snapshot", "named", "auto-2026-12-03T14-20-00Z"), 2, /is a name that \[Snapshots\] gives/);
  oneLine(await command("snapshot", "--scheduled", "named", "mine"), 2, /the name of a scheduled snapshot is its time/);
});

test("systemctl can stop and mask it, and a conf without [Snapshots] ends it", async (t) => {
  await makeSleeper(t, "switch", ...daily);
  assert.equal((await bed.try("systemctl", "is-enabled", timer("switch"))).stdout, "enabled-runtime\n");
  await bed.run("systemctl", "mask", "--now", timer("switch"));
  t.after(() => bed.try("systemctl", "unmask", timer("switch")));
  assert.equal(await notes("switch"), "snapshots-stopped");
  const masked = await bed.run("sandboxcontainer", "set", "switch", "Snapshots.OnCalendar=hourly");
  assert.equal(masked, `Needs its timer: OnCalendar=. See systemctl status ${timer("switch")}`);
  assert.notEqual(await isActive(timer("switch")), "active");
  assert.match((await command("doctor")).stdout, /ok +snapshots/);
  await bed.run("systemctl", "unmask", timer("switch"));
  assert.equal(
    await bed.run("sandboxcontainer", "set", "switch", "Snapshots.OnCalendar=weekly", "Keep=2"),
    "In effect: OnCalendar= Keep=",
  );
  assert.equal(await isActive(timer("switch")), "active");
  // Its times did not change.
  await bed.run("systemctl", "stop", timer("switch"));
  await bed.run("sandboxcontainer", "set", "switch", "Keep=3");
  assert.equal(await isActive(timer("switch")), "inactive");
  assert.match((await command("doctor")).stdout, /warning +snapshots +nothing makes more: switch/);
  await bed.run("sandboxcontainer", "set", "switch", "Snapshots.OnCalendar=", "Keep=");
  assert.equal(await look("switch"), null);
  assert.equal(
    await shell(
      `ls /run/systemd/generator/timers.target.wants | grep switch; ls /var/lib/systemd/timers | grep switch; true`,
    ),
    "",
  );
});

test("a clone and an import have a timer of their own, a rename takes it along, and a delete leaves nothing", async (t) => {
  deleteAfter(t, "renamed", "cloned", "imported");
  await makeSleeper(t, "first", ...daily, "--set", "Keep=2");
  assert.equal((await take("first")).status, 0);
  const [snapshot] = await names("first");
  await bed.run("sandboxcontainer", "clone", "first", "cloned");
  assert.deepEqual([await isActive(timer("cloned")), await names("cloned")], ["active", []]);
  t.after(() => bed.try("rm", "-f", "/root/first.tar.zst"));
  await bed.run("sandboxcontainer", "export", "first", "/root/first.tar.zst");
  await bed.run("sandboxcontainer", "import", "/root/first.tar.zst", "imported");
  assert.deepEqual([await isActive(timer("imported")), await names("imported")], ["active", []]);
  await bed.run("sandboxcontainer", "rename", "first", "renamed");
  assert.deepEqual(
    [await isActive(timer("first")), await isActive(timer("renamed")), await names("renamed")],
    ["inactive", "active", [snapshot]],
  );
  const stamps = "ls /var/lib/systemd/timers | grep -E 'snapshot@(first|renamed|cloned|imported)'; true";
  assert.deepEqual(
    (await shell(stamps)).split("\n").sort(),
    ["cloned", "imported", "renamed"].map((name) => `stamp-${timer(name)}`),
  );
  await bed.run("sandboxcontainer", "import", "--replace", "/root/first.tar.zst", "renamed").catch(() => undefined);
  await bed.run("sandboxcontainer", "delete", "--force", "renamed", "cloned", "imported");
  assert.equal(await shell(stamps), "");
  assert.equal(
    await bed.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "sandbox-snapshot@*ed.*"),
    "",
  );
});
