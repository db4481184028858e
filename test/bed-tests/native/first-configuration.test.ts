import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";
import { installScripted } from "../scripted-package.ts";

const bed = useBed("native");
const inside = (name: string, script: string) => bed.try("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const { deleteAfter, make } = useSandboxes(bed);
const install = (...words: [name: string, needs: string, script: string, preinst?: string]) =>
  installScripted(bed, ...words);
let began = "";
const journal = (name: string): Promise<string> => bed.journal(`--since=@${began}`, "--unit", `sandbox@${name}`);
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;

/** Stops a sandbox, and requires that nothing of it is left mounted. */
async function assertUnmounted(name: string): Promise<void> {
  await bed.run("systemctl", "stop", `sandbox@${name}`);
  assert.ok(!(await bed.run("cat", "/proc/mounts")).includes(`sandboxcontainer/${name}`));
  assert.equal((await bed.try("ls", `/run/sandboxcontainer/${name}`)).status, 2);
}

const keeper = `
invoke-rc.d keeper start || :
[ -n "$2" ] || head -c 16 /dev/urandom | base64 >/var/lib/keeper/id
[ -e /etc/keeper/keeper.key ] || { head -c 16 /dev/urandom | base64 >/etc/keeper/keeper.key; chmod 0600 /etc/keeper/keeper.key; }
[ -e /etc/keeper/choice ] || echo default >/etc/keeper/choice
mkdir -p /usr/lib/keeper && chmod 0700 /usr/lib/keeper
[ -z "$DEBIAN_FRONTEND" ] || ls /proc >/var/lib/keeper/processes`;

// It runs before /etc/keeper is unpacked.
const early = `
[ "$1" = install ] || exit 0
mkdir -p /etc/keeper; umask 077; head -c 16 /dev/urandom | base64 >/etc/keeper/early.key`;

before(async () => {
  began = await bed.run("date", "+%s");
  await install("keeper", "/var/lib/keeper/id", keeper, early);
  await install(
    "broken",
    "/etc/hostname",
    "[ ! -e /run/host/configure ] || { echo cannot >&2; exit 3; }; : /var/lib/broken",
  );
  await bed.run("sh", "-c", "echo changed >/etc/keeper/choice; rm -rf /usr/lib/keeper");
  // The tests look at these two, and change neither.
  for (const name of ["keeper1", "keeper2"]) await bed.run("sandboxcontainer", "create", name, "--unit", "keeper");
  await bed.run("systemctl", "start", "sandbox@keeper1", "sandbox@keeper2");
});

after(async () => {
  for (const name of ["keeper1", "keeper2"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("dpkg", "--purge", "keeper", "broken");
});

test("a package makes its data inside at the first start, and the service finds it", async () => {
  const ids = await Promise.all(
    [tree("keeper1"), tree("keeper2"), ""].map((root) => bed.run("cat", `${root}/var/lib/keeper/id`)),
  );
  assert.equal(new Set(ids).size, 3, "each has its own");
});

test("keys are made again in every sandbox, and the host's is in none", async () => {
  for (const key of ["keeper.key", "early.key"]) {
    const keys = await Promise.all(
      [tree("keeper1"), tree("keeper2"), ""].map((root) => bed.run("cat", `${root}/etc/keeper/${key}`)),
    );
    assert.equal(new Set(keys).size, 3);
  }
  assert.equal(await bed.run("stat", "--format=%a %u", `${tree("keeper1")}/etc/keeper/keeper.key`), "600 0");
});

test("configuration stays as it is on the host, whatever the script would make of it", async () => {
  assert.equal((await inside("keeper1", "cat /etc/keeper/choice")).stdout, "changed\n");
});

test("what the script does in /usr is nowhere afterwards", async () => {
  assert.equal((await inside("keeper1", "test -e /usr/lib/keeper")).status, 1);
  assert.equal((await bed.try("test", "-e", "/usr/lib/keeper")).status, 1);
});

test("the script sees the processes of its container only", async () => {
  const processes = await bed.run("cat", `${tree("keeper1")}/var/lib/keeper/processes`);
  assert.ok(processes.split("\n").filter((line) => /^\d+$/.test(line)).length < 6, processes);
});

test("its output is in the sandbox's journal, it does not run again, and nothing of it is left mounted", async (t) => {
  await make(t, "keeper3", "--unit", "keeper", "--start");
  await eventually(async () => {
    assert.match(await journal("keeper3"), /^configuring keeper$/m);
  });
  const before = await bed.run("cat", `${tree("keeper3")}/var/lib/keeper/id`);
  await bed.run("systemctl", "restart", "sandbox@keeper3");
  assert.equal(await bed.run("cat", `${tree("keeper3")}/var/lib/keeper/id`), before);
  const said = await journal("keeper3");
  assert.equal(said.match(/^configuring keeper$/gm)?.length, 1, said);
  await assertUnmounted("keeper3");
});

// The scripts did not run again, and the service had neither data nor keys.
test("after a rollback to before the first start the script runs again, and after one to later it does not", async (t) => {
  await make(t, "keeper4", "--unit", "keeper");
  const readId = (): Promise<string> => bed.run("cat", `${tree("keeper4")}/var/lib/keeper/id`);
  await bed.run("sandboxcontainer", "snapshot", "keeper4", "fresh");
  const ids: string[] = [];
  for (const snapshot of ["first", "second"]) {
    await bed.run("systemctl", "start", "sandbox@keeper4");
    ids.push(await readId());
    await bed.run("systemctl", "stop", "sandbox@keeper4");
    await bed.run("sandboxcontainer", "snapshot", "keeper4", snapshot);
    await bed.run("sandboxcontainer", "rollback", "keeper4", "fresh");
  }
  assert.equal(new Set(ids).size, 2);
  await bed.run("sandboxcontainer", "rollback", "keeper4", "second");
  await bed.run("systemctl", "start", "sandbox@keeper4");
  assert.equal(await readId(), ids[1]);
});

test("with the host's data nothing is made, and the keys come along", async (t) => {
  await make(t, "copied", "--unit", "keeper", "--copy", "--start");
  for (const path of ["/var/lib/keeper/id", "/etc/keeper/keeper.key"])
    assert.equal(await bed.run("cat", `${tree("copied")}${path}`), await bed.run("cat", path));
  assert.doesNotMatch(await journal("copied"), /configuring/);
});

test("a script that fails is named with its status, the service starts all the same, and the next start tries again", async (t) => {
  await make(t, "broken1", "--unit", "broken", "--start");
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@broken1"), "active");
  assert.equal(await bed.run("systemctl", "is-failed", "sandbox-configure@broken1"), "failed");
  await eventually(async () => {
    const said = await journal("broken1");
    assert.match(said, /^cannot$/m);
    assert.match(
      said,
      /^broken could not be configured in broken1: its script ended with status 3 \(see the lines above\)\. /m,
    );
    assert.match(said, /^these packages are not configured yet: broken\. /m);
  });
  await bed.run("systemctl", "restart", "sandbox@broken1");
  await eventually(async () => {
    assert.equal((await journal("broken1")).match(/^configuring broken$/gm)?.length, 2);
  });
  await assertUnmounted("broken1");
});

test("a script that asks without end is ended, and show says how to do without it", async (t) => {
  t.after(() => bed.try("dpkg", "--purge", "asker"));
  const ask = "while :; do printf 'Area code? '; done";
  await install("asker", "/etc/hostname", `[ ! -e /run/host/configure ] || { ${ask}; }; : /var/lib/asker`);
  await make(t, "asker1", "--unit", "asker", "--start");
  await eventually(async () => {
    const said = await journal("asker1");
    assert.match(said, /^a script wrote more than a megabyte, /m);
    assert.match(said, /^asker could not be configured in asker1: its script did not run to its end /m);
    assert.ok(said.length < 2 ** 21);
  });
  const { advice } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "asker1")) as { advice: string };
  assert.match(advice, /^The scripts of asker did not make all .* --copy$/);
  await assertUnmounted("asker1");
});

test("a stop ends a script that still runs, and the next start runs it again", async (t) => {
  deleteAfter(t, "slow1");
  t.after(() => bed.try("dpkg", "--purge", "slow"));
  const script = "[ ! -e /run/host/configure ] || [ -e /var/lib/slow/began ] || { : >/var/lib/slow/began; sleep 1h; }";
  await install("slow", "/var/lib/slow/done", `${script}; echo >/var/lib/slow/done`);
  await bed.run("sandboxcontainer", "create", "slow1", "--unit", "slow");
  await bed.run("systemctl", "start", "--no-block", "sandbox@slow1");
  await eventually(async () => {
    await bed.run("test", "-e", `${tree("slow1")}/var/lib/slow/began`);
    // A stop also ends who copies its output.
    assert.match(await journal("slow1"), /^configuring slow$/m);
  });
  await bed.run("systemctl", "stop", "sandbox@slow1");
  for (const unit of ["sandbox@slow1", "sandbox-configure@slow1"])
    assert.equal((await bed.try("systemctl", "is-active", unit)).stdout, "inactive\n");
  assert.equal((await bed.try("ls", "/run/sandboxcontainer/slow1")).status, 2);
  await bed.run("systemctl", "start", "sandbox@slow1");
  await eventually(async () => {
    assert.equal((await journal("slow1")).match(/^configuring slow$/gm)?.length, 2);
  });
  await assertUnmounted("slow1");
});
