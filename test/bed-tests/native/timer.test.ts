import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter, make, assertNothingOf } = useSandboxes(bed);

// systemd starts a unit five times in ten seconds, unless it says otherwise.
const often = ["--set", "StartLimitIntervalSec=0", "--set", "AccuracySec=10ms"];
const everySecond = ["--on-calendar", "*:*:0/1", ...often];
const script = (text: string): readonly string[] => ["--", "/bin/sh", "-c", text];

interface Listed {
  readonly state: string;
  readonly enabled: string;
  readonly result: string;
  readonly timer: {
    readonly state: string;
    readonly substate: string;
    readonly next: number | null;
    readonly last: number | null;
  } | null;
}

async function look(name: string): Promise<Listed> {
  const all = JSON.parse(await bed.run("sandboxcontainer", "list", "--json")) as readonly (Listed & { name: string })[];
  const found = all.find((each) => each.name === name);
  assert.ok(found !== undefined);
  return found;
}

const row = async (name: string): Promise<string> =>
  bed
    .run("sandboxcontainer", "list", "--format", "{{NAME}} {{STATE}} {{BOOT}} {{NOTES}} {{NEXT}}")
    .then((text) => text.split("\n").find((line) => line.startsWith(`${name} `)) ?? "");

const isActive = async (unit: string): Promise<string> => (await bed.try("systemctl", "is-active", unit)).stdout.trim();
const isEnabled = async (unit: string): Promise<string> =>
  (await bed.try("systemctl", "is-enabled", unit)).stdout.trim();
/** The lines that runs of the job have printed so far. */
const printed = async (name: string): Promise<readonly string[]> =>
  (
    await bed
      .journal("--unit", `sandbox@${name}.service`, `SYSLOG_IDENTIFIER=${name}`, "--grep", "^(began|ended)$")
      .catch(() => "")
  )
    .split("\n")
    .filter((line) => line !== "");

const waitForRuns = (name: string, least: number): Promise<readonly string[]> =>
  eventually(async () => {
    const lines = await printed(name);
    assert.ok(lines.filter((line) => line === "ended").length >= least, lines.join());
    return lines;
  });

test("a timer starts a job again and again, each run ends by itself, and nothing of it is left", async (t) => {
  deleteAfter(t, "again");
  const created = await command("create", "again", ...everySecond, "--start", ...script("echo began; echo ended"));
  assert.deepEqual([created.status, created.stdout], [0, "Created and started the timer of again\n"], created.stderr);
  await waitForRuns("again", 3);
  await bed.run("systemctl", "stop", "sandbox@again.timer");
  await eventually(async () => {
    assert.equal(await isActive("sandbox@again.service"), "inactive");
  });
  assert.equal(await bed.run("sh", "-c", "virsh -c lxc:///system list --name | grep -x again; true"), "");
  assert.equal(await bed.run("sh", "-c", "grep -c /sandboxcontainer/again /proc/self/mountinfo; true"), "0");
  assert.equal((await look("again")).result, "success");
});

test("systemd starts no job that still runs, and does not make up for the times that it missed", async (t) => {
  const began = Date.now();
  await make(t, "slow", ...everySecond, "--start", ...script("echo began; sleep 3; echo ended"));
  const lines = await waitForRuns("slow", 2);
  const seconds = (Date.now() - began) / 1000;
  // One run ends before the next begins.
  lines.forEach((line, index) => {
    assert.equal(line, index % 2 === 0 ? "began" : "ended", lines.join());
  });
  assert.ok(lines.filter((line) => line === "began").length <= seconds / 3 + 1, `${lines.join()} in ${seconds} s`);
  await eventually(async () => {
    const { state, timer } = await look("slow");
    assert.deepEqual([state, timer?.substate, timer?.next], ["active", "running", null]);
  });
});

test("list says that a job waits, and when it runs next; show says when it ran last", async (t) => {
  await make(t, "night", "--on-calendar", "daily", "--start", "--enable", ...script("echo began; echo ended"));
  const tomorrow = Number(await bed.run("date", "--date=tomorrow 00:00", "+%s"));
  assert.deepEqual((await look("night")).timer, { state: "active", substate: "waiting", next: tomorrow, last: null });
  assert.match(await row("night"), /^night waiting enabled - \d{4}-\d\d-\d\d 00:00:00$/);
  assert.equal(await isEnabled("sandbox@night.service"), "disabled");
  // A run by hand is no time of the timer.
  await bed.run("systemctl", "start", "sandbox@night");
  await waitForRuns("night", 1);
  await eventually(async () => {
    assert.match(await row("night"), /^night waiting /);
  });
  assert.match(await bed.run("sandboxcontainer", "show", "night"), /^ +timer: active \(waiting\), next .* 00:00:00$/m);
});

test("a job that fails is shown as failed, and OnFailure= mails what it printed, as the manual says", async (t) => {
  t.after(async () => {
    await bed.try("sh", "-c", "rm -rf /etc/systemd/system/mail-output@.service /run/mailed; systemctl daemon-reload");
  });
  const unit =
    (await bed.run("man", "--path", "5", "sandboxcontainer.conf").catch(() => "")) ||
    "/usr/share/man/man5/sandboxcontainer.conf.5";
  const manual = await bed.run("sh", "-c", `zcat -f ${unit} || cat ${unit}`);
  const [, example = ""] = /# \/etc\/systemd\/system\/mail-output@\.service\n([^]*?)\.Ed/.exec(manual) ?? [];
  assert.match(example, /ExecStart=/);
  const text = example.replaceAll("\\e", "\\").replace(/mail -s ("[^"]*") root/, "{ echo $1; cat; } > /run/mailed");
  await bed.feed(text, "sh", "-c", "cat > /etc/systemd/system/mail-output@.service; systemctl daemon-reload");
  await make(
    t,
    "fails",
    ...["--on-calendar", "daily", "--set", "OnActiveSec=0", "--set", "OnFailure=mail-output@%n.service", "--start"],
    ...script("echo what it printed; exit 3"),
  );
  await eventually(async () => {
    assert.match(await bed.run("cat", "/run/mailed"), /^sandbox@fails\.service: exit-code on \S+\n[^]*what it printed/);
  });
  const { state, result, timer } = await look("fails");
  assert.deepEqual([state, result, timer?.state], ["failed", "exit-code", "active"]);
  assert.match(await row("fails"), /^fails failed disabled - \d/);
  // It is forgotten when it succeeds.
  await bed.run("sandboxcontainer", "set", "fails", "Exec=/usr/bin/true");
  await bed.run("systemctl", "start", "sandbox@fails");
  await eventually(async () => {
    assert.match(await row("fails"), /^fails waiting /);
  });
});

test("a changed time is in effect at once, also for a timer that had no more times", async (t) => {
  await make(t, "changed", "--on-calendar", "2020-01-01", ...often, "--start", ...script("echo began; echo ended"));
  assert.deepEqual((await look("changed")).timer?.substate, "elapsed");
  assert.equal(await bed.run("sandboxcontainer", "set", "changed", "OnCalendar=*:*:0/1"), "In effect: OnCalendar=");
  await waitForRuns("changed", 2);
  await bed.run("sandboxcontainer", "set", "changed", "OnCalendar=", "OnUnitInactiveSec=300ms");
  const before = (await printed("changed")).length;
  await waitForRuns("changed", before / 2 + 2);
});

test("without [Timer] a sandbox is no job any more, and its timer is gone", async (t) => {
  await make(t, "ended", ...everySecond, "--start", "--enable", ...script("echo began; echo ended"));
  await bed.run("sandboxcontainer", "set", "ended", "OnCalendar=", "AccuracySec=");
  assert.equal(await isActive("sandbox@ended.timer"), "inactive");
  assert.equal(await isEnabled("sandbox@ended.timer"), "disabled");
  assert.equal((await look("ended")).timer, null);
  const told = await command("set", "ended", "OnCalendar=daily");
  assert.equal(told.stdout, "Needs its timer: OnCalendar=. Run: systemctl enable --now sandbox@ended.timer\n");
  assert.match(await row("ended"), /^ended inactive disabled timer-stopped -$/);
});

test("enable, disable and stop are about the timer, as with systemctl", async (t) => {
  await make(t, "switch", "--on-calendar", "daily", ...script("exit 0"));
  await bed.run("sandboxcontainer", "enable", "switch");
  assert.deepEqual(
    [
      await isEnabled("sandbox@switch.timer"),
      await isEnabled("sandbox@switch.service"),
      (await look("switch")).enabled,
    ],
    ["enabled", "disabled", "enabled"],
  );
  await bed.run("systemctl", "disable", "sandbox@switch.timer");
  assert.equal((await look("switch")).enabled, "disabled");
  await bed.run("systemctl", "enable", "--now", "sandbox@switch.timer");
  const stopped = await command("stop", "switch");
  assert.equal(
    stopped.stderr,
    "warning: its timer starts switch again. To stop that: systemctl stop sandbox@switch.timer\n",
  );
  await bed.run("systemctl", "mask", "--now", "sandbox@switch.timer");
  t.after(() => bed.try("systemctl", "unmask", "sandbox@switch.timer"));
  assert.match(await row("switch"), /^switch inactive masked timer-stopped -$/);
  assert.equal((await bed.try("systemctl", "start", "sandbox@switch.timer")).status, 1);
  await bed.run("systemctl", "unmask", "sandbox@switch.timer");
});

const hasStamp = async (name: string): Promise<boolean> =>
  (await bed.try("test", "-e", `/var/lib/systemd/timers/stamp-sandbox@${name}.timer`)).status === 0;

test("a rename takes the timer along, a clone has its own and does not run, and delete leaves nothing", async (t) => {
  await make(
    t,
    "first",
    "--on-calendar",
    "daily",
    "--set",
    "Persistent=yes",
    "--start",
    "--enable",
    ...script("exit 0"),
  );
  deleteAfter(t, "second", "third");
  assert.ok(await hasStamp("first"));
  const cloned = await command("clone", "first", "third");
  assert.match(cloned.stdout, /Start its timer with: systemctl enable --now sandbox@third\.timer\n$/);
  assert.match(await row("third"), /^third inactive disabled timer-stopped -$/);
  await bed.run("sandboxcontainer", "rename", "first", "second");
  assert.match(await row("second"), /^second waiting enabled - \d/);
  assert.deepEqual([await hasStamp("first"), await hasStamp("second")], [false, true]);
  assert.deepEqual(
    [await isActive("sandbox@first.timer"), await isEnabled("sandbox@first.timer")],
    ["inactive", "disabled"],
  );
  await bed.run("sandboxcontainer", "delete", "--force", "second", "third");
  assert.equal(await bed.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "sandbox@second.*"), "");
  assert.equal(
    await bed.run("find", "/etc/systemd/system", "/var/lib/systemd/timers", "-name", "*sandbox@second*"),
    "",
  );
  await assertNothingOf("second");
});

test("a time that systemd cannot read is refused where it is written, and found in a conf", async (t) => {
  const message =
    /:\d+: systemd would ignore OnCalendar=dayly: Failed to parse calendar specification\. See systemd\.timer\(5\)/;
  deleteAfter(t, "wrong");
  oneLine(await command("create", "wrong", "--on-calendar", "dayly", ...script("exit 0")), 2, message);
  await assertNothingOf("wrong");
  await make(t, "right", ...everySecond, "--start", ...script("echo began; echo ended"));
  oneLine(await command("set", "right", "OnCalendar=dayly"), 2, message);
  const conf = "[Sandbox]\nExec=/bin/true\n[Timer]\nOnCalendar=dayly\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/wrong.conf; systemctl daemon-reload");
  const verified = await command("verify", "wrong");
  assert.equal(verified.status, 2);
  assert.match(verified.stdout, /^\/etc\/sandboxcontainer\/wrong\.conf:4: systemd would ignore OnCalendar=dayly: /);
  assert.match((await bed.try("systemctl", "start", "sandbox@wrong.timer")).stderr, /bad unit file setting/);
  // Another job goes on.
  const before = (await printed("right")).length;
  await waitForRuns("right", before / 2 + 2);
});

async function breakConf(name: string): Promise<() => Promise<void>> {
  const conf = `/etc/sandboxcontainer/${name}.conf`;
  const text = await bed.run("cat", conf);
  const write = async (fresh: string): Promise<void> => {
    await bed.feed(`${fresh}\n`, "sh", "-c", `cat > ${conf}; systemctl daemon-reload`);
  };
  await write(`${text}\n[Sandbox]\nPackge=x`);
  return () => write(text);
}

test("the timer of a conf with an error goes on: each start says what is wrong, until it is mended", async (t) => {
  await make(t, "broken", ...everySecond, "--start", ...script("echo began; echo ended"));
  await waitForRuns("broken", 1);
  const mend = await breakConf("broken");
  await eventually(async () => {
    const said = await bed.journal("--unit", "sandbox@broken.service", "--priority", "err");
    // systemd would forget the times of a timer that has none while it is loaded, also when it has some again.
    assert.ok(said.split("Packge= is not a key of [Sandbox]. Did you mean Package=?").length > 3, said);
    assert.match(await row("broken"), /^broken bad conf /);
  });
  await mend();
  const before = (await printed("broken")).length;
  await waitForRuns("broken", before / 2 + 2);
});
