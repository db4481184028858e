import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const inside = (name: string, script: string) => bed.try("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const { deleteAfter, make } = useSandboxes(bed);
let began = "";
const journal = (name: string): Promise<string> => bed.journal(`--since=@${began}`, "--unit", `sandbox@${name}`);
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;

/** Stops a sandbox, and requires that nothing of it is left mounted. */
async function assertUnmounted(name: string): Promise<void> {
  await bed.run("systemctl", "stop", `sandbox@${name}`);
  assert.ok(!(await bed.run("cat", "/proc/mounts")).includes(`sandboxcontainer/${name}`));
  assert.equal((await bed.try("ls", `/run/sandboxcontainer/${name}`)).status, 2);
}

/** Installs a package with a maintainer script and a service. The service ends at once if `needs` does not exist. */
async function install(name: string, needs: string, script: string, preinst = ""): Promise<void> {
  const unit = `[Service]\nExecStartPre=test -s ${needs}\nExecStart=sleep infinity\n`;
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: A Test <test@example.org>\nDescription: a test\n`;
  const build = `set -e; d=$(mktemp -d); mkdir -p $d/DEBIAN $d/etc/${name} $d/usr/lib/systemd/system $d/var/lib/${name}
printf '%s' '${control}' >$d/DEBIAN/control
printf '%s' '${unit}' >$d/usr/lib/systemd/system/${name}.service
cat >$d/DEBIAN/postinst; printf '#!/bin/sh\nset -e\n%s' '${preinst}' >$d/DEBIAN/preinst; chmod 0755 $d/DEBIAN/p*inst
dpkg-deb --root-owner-group --build $d /tmp/${name}.deb >/dev/null; dpkg --install /tmp/${name}.deb >/dev/null 2>&1 || :; systemctl daemon-reload`;
  const { status, stderr } = await bed.feed(`#!/bin/sh\nset -e\n${script}\n`, "sh", "-c", build);
  assert.equal(status, 0, stderr);
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

test("keys are made anew in every sandbox, and the host's is in none", async () => {
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

// The scripts ran again on the copied data: another PostgreSQL cluster, and errors.
test("a copy of a root has what the scripts made, so they do not run again in it", async (t) => {
  await make(t, "keeper5", "--unit", "keeper", "--start");
  deleteAfter(t, "keeper6", "keeper7");
  const archive = "/root/keeper5.tar.zst";
  t.after(() => bed.try("rm", archive));
  await bed.run("systemctl", "stop", "sandbox@keeper5");
  await bed.run("sandboxcontainer", "clone", "keeper5", "keeper6");
  await bed.run("sandboxcontainer", "export", "keeper5", archive);
  await bed.run("sandboxcontainer", "import", archive, "keeper7");
  for (const name of ["keeper6", "keeper7"]) {
    await bed.run("systemctl", "start", `sandbox@${name}`);
    assert.equal(
      await bed.run("cat", `${tree(name)}/var/lib/keeper/id`),
      await bed.run("cat", `${tree("keeper5")}/var/lib/keeper/id`),
    );
    assert.doesNotMatch(await journal(name), /configuring/);
  }
});

test("a clone of a sandbox that never ran has its scripts still to run", async (t) => {
  await make(t, "keeper8", "--unit", "keeper");
  deleteAfter(t, "keeper9");
  await bed.run("sandboxcontainer", "clone", "keeper8", "keeper9");
  await bed.run("systemctl", "start", "sandbox@keeper9");
  await eventually(async () => {
    assert.match(await journal("keeper9"), /^configuring keeper$/m);
  });
});

test("the scripts do not run on the host's data either, when the conf no longer asks for it", async (t) => {
  await make(t, "copied2", "--unit", "keeper", "--copy");
  await bed.run("sed", "-i", "/^Copy=/d", "/etc/sandboxcontainer/copied2.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@copied2");
  assert.equal(
    await bed.run("cat", `${tree("copied2")}/var/lib/keeper/id`),
    await bed.run("cat", "/var/lib/keeper/id"),
  );
  assert.doesNotMatch(await journal("copied2"), /configuring/);
});

// nginx answered 404.
test("a page that a script makes below /var is there", async (t) => {
  t.after(async () => {
    await bed.try("dpkg", "--purge", "pager");
    await bed.try("rm", "-r", "/var/www/pager");
  });
  const page = "/var/www/pager/index.html";
  await install("pager", page, `[ -e ${page} ] || { mkdir -p /var/www/pager; echo a page >${page}; }`);
  await bed.run("sh", "-c", `echo a page of the host >${page}`);
  await make(t, "pager1", "--unit", "pager", "--start");
  assert.equal((await inside("pager1", `cat ${page}`)).stdout, "a page\n");
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

test("a stop ends a script that still runs, and the next start runs it anew", async (t) => {
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
