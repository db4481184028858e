import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";
import { useSnapshots } from "../snapshots.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { makeSleeper } = useSandboxes(bed);
const { allowMany, assertClean, isActive, look, names, notes, said, service, shell, state, take, timer } =
  useSnapshots(bed);
const daily = ["--snapshots", "daily"];

before(allowMany);

/** Holds a sandbox as a command does, for some seconds. */
const hold = (name: string, seconds: number, holder: number | string = "$$"): string =>
  `umask 077; exec 9>>/run/sandboxcontainer/.held-${name}; flock 9; echo "sandboxcontainer export ${name} (process ${holder})" > /run/sandboxcontainer/.held-${name}; sleep ${seconds}; rm -f /run/sandboxcontainer/.held-${name}`;

test("while a command holds the sandbox it fails and says so everywhere, OnFailure= acts, and the next success ends that", async (t) => {
  t.after(() =>
    shell(
      "rm -rf /run/systemd/system/tell-failure@.service /run/systemd/system/sandbox-snapshot@busy.service.d /run/told; systemctl daemon-reload",
    ),
  );
  await shell(`cd /run/systemd/system; mkdir -p sandbox-snapshot@busy.service.d
printf '[Service]\\nType=oneshot\\nExecStart=/bin/sh -c "echo %%i $MONITOR_SERVICE_RESULT >> /run/told"\\n' > tell-failure@.service
printf '[Unit]\\nOnFailure=tell-failure@%%n.service\\n' > sandbox-snapshot@busy.service.d/tell.conf; systemctl daemon-reload`);
  await makeSleeper(t, "busy", ...daily, "--start");
  const held = bed.try("sh", "-c", hold("busy", 6));
  await eventually(() => shell("test -s /run/sandboxcontainer/.held-busy"));
  assert.equal((await take("busy")).status, 1);
  assert.match(
    await said("busy"),
    /^sandbox busy is held by `sandboxcontainer export busy \(process \d+\)`\. Try again/m,
  );
  await held;
  await eventually(() => shell(`grep -Fx '${service("busy")} exit-code' /run/told`));
  assert.equal(await notes("busy"), "snapshot-failed");
  assert.equal((await look("busy"))?.failed, true);
  assert.match(
    await bed.run("sandboxcontainer", "show", "busy"),
    /snapshotTimer: active \(waiting\).*, the last one failed$/m,
  );
  const doctor = await command("doctor");
  assert.match(doctor.stdout, /failed +snapshots +the last one failed: .*busy/);
  assert.match(
    await bed.run("sandboxcontainer", "stats", "--openmetrics", "busy"),
    /_snapshot_failed\{name="busy"\} 1$/m,
  );
  assert.equal((await take("busy")).status, 0);
  assert.equal(await notes("busy"), "-");
  assert.match(
    await bed.run("sandboxcontainer", "stats", "--openmetrics", "busy"),
    /_snapshot_failed\{name="busy"\} 0$/m,
  );
  // A sandbox without [Snapshots] has no such row.
  await makeSleeper(t, "other");
  assert.doesNotMatch(await bed.run("sandboxcontainer", "stats", "--openmetrics", "other"), /_snapshot_failed\{/);
});

test("one that is due while the sandbox is upgraded waits, and keeps what the upgrade has made", async (t) => {
  const folder = "/run/systemd/system/sandbox-upgrade@upgraded.service.d";
  t.after(() => shell(`rm -rf ${folder}; systemctl daemon-reload`));
  await makeSleeper(t, "upgraded", ...daily);
  await shell(
    `mkdir -p ${folder}; printf '[Service]\\nExecStartPre=/bin/sleep 4\\nExecStartPre=/bin/touch ${state("upgraded")}/root/srv/upgraded\\n' > ${folder}/slow.conf; systemctl daemon-reload`,
  );
  await bed.run("systemctl", "start", "--no-block", "sandbox-upgrade@upgraded.service");
  await eventually(async () => {
    assert.equal(await isActive("sandbox-upgrade@upgraded.service"), "activating");
  });
  assert.equal((await take("upgraded")).status, 0);
  const [snapshot] = await names("upgraded");
  await shell(`test -e ${state("upgraded")}/snapshots/${snapshot}/root/srv/upgraded`);
  assert.equal(
    await bed.run("systemctl", "show", "--value", "--property=Result", "sandbox-upgrade@upgraded.service"),
    "success",
  );
});

test("an upgrade that was interrupted has to be finished first, and after one that failed nothing is removed", async (t) => {
  await makeSleeper(t, "broken", ...daily, "--set", "Keep=1");
  for (let count = 0; count < 2; count++) assert.equal((await take("broken")).status, 0);
  assert.equal((await names("broken")).length, 1);
  await shell(`cp ${state("broken")}/manifest.json ${state("broken")}/manifest.pending.json`);
  assert.equal((await take("broken")).status, 1);
  assert.match(
    await said("broken"),
    /an upgrade of broken was interrupted.*Finish it: sandboxcontainer upgrade broken/,
  );
  await shell(`rm ${state("broken")}/manifest.pending.json`);
  const folder = "/run/systemd/system/sandbox-upgrade@broken.service.d";
  t.after(() => shell(`rm -rf ${folder}; systemctl daemon-reload`));
  await shell(
    `mkdir -p ${folder}; printf '[Service]\\nExecStartPre=/bin/false\\n' > ${folder}/fail.conf; systemctl daemon-reload`,
  );
  assert.equal((await bed.try("systemctl", "start", "sandbox-upgrade@broken.service")).status, 1);
  for (const count of [2, 3]) {
    assert.equal((await take("broken")).status, 0);
    assert.equal((await names("broken")).length, count);
  }
  assert.match(await said("broken"), /the last upgrade of broken failed, so no snapshot was removed/);
  await bed.run("systemctl", "reset-failed", "sandbox-upgrade@broken.service");
  assert.equal((await take("broken")).status, 0);
  assert.equal((await names("broken")).length, 1);
});

test("on a full disk it fails, leaves nothing, and removes none of the others", async (t) => {
  await makeSleeper(t, "full", ...daily, "--set", "Keep=1", "--start");
  const folder = `${state("full")}/snapshots`;
  await shell(
    `mkdir -p -m 700 ${folder}; mount -t tmpfs -o size=300k small ${folder}; mkdir ${folder}/auto-2020-01-01T00-00-00Z`,
  );
  t.after(() => bed.try("umount", folder));
  assert.equal((await take("full")).status, 1);
  assert.equal(await shell(`ls -A ${folder}`), "auto-2020-01-01T00-00-00Z");
  assert.match(
    await said("full"),
    /no space left for a snapshot of full: .*No space left on device.*delete-snapshot full auto-2020-01-01T00-00-00Z$/m,
  );
  await assertClean("full");
  assert.equal((await inside("full", "echo goes on")).stdout, "goes on\n");
  await bed.run("umount", folder);
  assert.equal((await take("full")).status, 0);
});

for (const signal of ["KILL", "TERM"])
  test(`one that is ended in the middle (SIG${signal}) leaves nothing, and its sandbox goes on`, async (t) => {
    await makeSleeper(t, "killed", ...daily, "--start");
    await shell(`head -c 500M /dev/urandom > ${state("killed")}/root/srv/large`);
    // A fast disk needs half a second, so the bed itself looks.
    const isHalf = `test -s ${state("killed")}/snapshots/.new-*/root/srv/large && test -e /run/sandboxcontainer/.frozen-killed`;
    const end = signal === "KILL" ? "systemctl kill --signal=KILL" : "systemctl stop";
    await shell(
      `systemctl start --no-block ${service("killed")}; for i in $(seq 5000); do ${isHalf} && exec ${end} ${service("killed")}; sleep 0.01; done; exit 1`,
    );
    await eventually(async () => {
      assert.match(await isActive(service("killed")), /^(failed|inactive)$/);
    });
    await assertClean("killed");
    assert.deepEqual(await names("killed"), []);
    assert.equal((await bed.try("timeout", "20", "sandboxcontainer", "execute", "killed", "--", "true")).status, 0);
    assert.equal((await take("killed")).status, 0);
    assert.equal((await names("killed")).length, 1);
  });

test("what a killed one has left is removed although its lock outlives it for a moment", async (t) => {
  await makeSleeper(t, "late", ...daily);
  const task = { command: ["snapshot"], folder: "/", task: { kind: "keeping", snapshot: "auto-x" } };
  await bed.feed(JSON.stringify(task), "sh", "-c", "cat > /var/lib/sandboxcontainer/.unfinished-late");
  // No process has the highest number.
  const held = bed.try("sh", "-c", hold("late", 2, 4194303));
  await eventually(() => shell("test -s /run/sandboxcontainer/.held-late"));
  await bed.run("env", "SERVICE_RESULT=signal", "/usr/libexec/sandboxcontainer/tidy", "late");
  await held;
  await assertClean("late");
});

test("what was left half although nobody cleaned up after it is removed by the next one", async (t) => {
  await makeSleeper(t, "left", ...daily);
  const folder = `${state("left")}/snapshots`;
  const task = {
    command: ["snapshot", "--scheduled", "--", "left"],
    folder: "/",
    task: { kind: "forgetting", snapshot: "auto-x" },
  };
  await shell(`mkdir -p -m 700 ${folder}/.new-1-0-abcdef/root/srv ${folder}/.new-1-0-moved`);
  await bed.feed(JSON.stringify(task), "sh", "-c", "cat > /var/lib/sandboxcontainer/.unfinished-left");
  assert.equal((await take("left")).status, 0);
  await assertClean("left");
  assert.equal((await names("left")).length, 1);
});

test("a clock that was ahead takes no snapshot away, and what it has left is told", async (t) => {
  await makeSleeper(t, "clock", ...daily, "--set", "Keep=2");
  assert.equal((await take("clock")).status, 0);
  const [first = ""] = await names("clock");
  const future = "auto-2099-01-01T00-00-00Z";
  await shell(`mv ${state("clock")}/snapshots/${first} ${state("clock")}/snapshots/${future}`);
  for (let count = 0; count < 3; count++) assert.equal((await take("clock")).status, 0);
  const left = await names("clock");
  assert.ok(left.length === 3 && left.includes(future), left.join());
  assert.match(await said("clock"), new RegExp(`yet to come, so Keep= does not count them: ${future}$`, "m"));
});

test("a conf that is wrong keeps nobody from having a snapshot, but a wrong Keep= removes none", async (t) => {
  await makeSleeper(t, "wrong", ...daily, "--set", "Keep=1");
  oneLine(await command("set", "wrong", "Keep=7d7d"), 2, /Keep=7d7d: d is there twice$/m);
  oneLine(
    await command("set", "wrong", "Snapshots.OnCalendar=dayly"),
    2,
    /would ignore OnCalendar=dayly: Failed to parse/,
  );
  assert.equal((await take("wrong")).status, 0);
  const conf = "/etc/sandboxcontainer/wrong.conf";
  await shell(`sed -i s/Keep=1/Keep=some/ ${conf}; systemctl daemon-reload`);
  assert.equal((await take("wrong")).status, 1);
  assert.match(
    await said("wrong"),
    /made snapshot auto-\S+ of wrong, but removed no old ones: Keep=: expected a count such as 7/,
  );
  assert.equal((await names("wrong")).length, 2);
  assert.equal(await isActive(timer("wrong")), "active");
  await shell(`sed -i s/Keep=some/Keep=1/ ${conf}; echo Nonsense=1 >> ${conf}; systemctl daemon-reload`);
  assert.equal((await take("wrong")).status, 0);
  assert.equal((await names("wrong")).length, 1);
  await assertClean("wrong");
});
