import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter, make, makeSleeper, assertNothingOf } = useSandboxes(bed);
const writeConf = async (name: string, text: string): Promise<void> => {
  assert.equal((await bed.feed(text, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
};

test("a port in use is named with its user, in the command, the status and the journal", async (t) => {
  await makeSleeper(t, "port1", "--publish", "8090:80", "--start");
  deleteAfter(t, "port2");
  const other = await command("create", "port2", "--publish", "8090:80", "--", "/usr/bin/sleep", "infinity");
  assert.equal(other.status, 2, other.stderr);
  assert.match(other.stderr, /8090.*port1/);
  await assertNothingOf("port2");
  const listen = 'import socket,time; s=socket.create_server(("", 8091)); time.sleep(3000)';
  t.after(() => bed.try("systemctl", "stop", "listen-8091"));
  await bed.run("systemd-run", "--quiet", "--unit=listen-8091", "python3", "-c", listen);
  await eventually(async () => {
    assert.match(await bed.run("ss", "-Hltn", "sport = :8091"), /LISTEN/);
  });
  const used = await command("create", "port2", "--publish", "8091:80", "--start", "--", "/usr/bin/sleep", "infinity");
  assert.equal(used.status, 1);
  assert.match(used.stderr, /port 8091 of this host is in use by python3 \(process \d+\)/);
  assert.match(
    (await bed.try("systemctl", "status", "sandbox@port2")).stdout,
    /port 8091 of this host is in use by python3/,
  );
  await bed.run("systemctl", "stop", "listen-8091");
  await bed.run("systemctl", "start", "sandbox@port2");
});

const misspelt = "[Sandbox]\nUnit=apache2.service\nPackge=nginx\n";

test("a conf that cannot be read makes its own instance fail with the message, and no other", async (t) => {
  deleteAfter(t, "misspelt");
  await makeSleeper(t, "sound");
  await writeConf("misspelt", misspelt);
  await bed.run("systemctl", "daemon-reload");
  assert.notEqual((await bed.try("systemctl", "start", "sandbox@misspelt")).status, 0);
  const message = /\/etc\/sandboxcontainer\/misspelt\.conf:3: Packge= .*Package=/;
  await eventually(async () => {
    assert.match(await bed.journal("-u", "sandbox@misspelt"), message);
    assert.match((await bed.try("systemctl", "status", "sandbox@misspelt")).stdout, message);
  });
  const verified = await command("verify", "misspelt");
  assert.equal(verified.status, 2);
  assert.match(verified.stdout, message);
  assert.equal((await bed.try("systemctl", "start", "sandbox@sound")).status, 0);
  assert.match((await bed.try("systemctl", "start", "sandbox@nosuch")).stderr, /Assertion failed/);
});

test("a conf that was fixed meanwhile is told to be loaded, instead of its old mistake", async (t) => {
  deleteAfter(t, "fixed");
  await writeConf("fixed", misspelt);
  await bed.run("systemctl", "daemon-reload");
  assert.match((await command("start", "fixed")).stderr, /fixed\.conf:3: Packge=/);
  await writeConf("fixed", "[Sandbox]\nExec=/usr/bin/sleep infinity\n");
  const { status, stderr } = await command("start", "fixed");
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^cannot start fixed: the conf has changed since it was loaded, .*fixed\.conf\. Run: systemctl daemon-reload, /,
  );
  await bed.run("systemctl", "daemon-reload");
  assert.equal((await command("start", "fixed")).status, 0);
});

test("who starts it more often than systemd allows learns what to do", async (t) => {
  deleteAfter(t, "hasty");
  await writeConf("hasty", misspelt);
  // A busy machine cannot start it so often within ten seconds.
  const folder = "/run/systemd/system/sandbox@hasty.service.d";
  t.after(() => bed.try("sh", "-c", `rm -rf ${folder}; systemctl daemon-reload`));
  const limit = `mkdir -p ${folder}; printf '[Unit]\\nStartLimitIntervalSec=1h\\n' > ${folder}/limit.conf`;
  await bed.run("sh", "-c", `${limit}; systemctl daemon-reload`);
  for (let count = 0; count < 6; count++) await command("start", "hasty");
  oneLine(await command("start", "hasty"), 1, /too often.*systemctl reset-failed sandbox@hasty/);
  await bed.run("systemctl", "reset-failed", "sandbox@hasty");
  oneLine(await command("start", "hasty"), 1, /hasty\.conf:3: Packge=/);
});

test("a service that does not start fails the start, with its own status and last lines", async (t) => {
  await make(t, "wrong", "--unit", "apache2.service");
  const file = "/var/lib/sandboxcontainer/wrong/root/etc/apache2/apache2.conf";
  await bed.run("sh", "-c", `echo 'NoSuchDirective on' >> ${file}`);
  const started = await command("start", "wrong");
  assert.equal(started.status, 1);
  assert.match(started.stderr, /Invalid command 'NoSuchDirective'/);
  assert.match((await bed.try("systemctl", "status", "sandbox@wrong")).stdout, /status=1/);
  await bed.run("sed", "-i", "/NoSuchDirective/d", file);
  await bed.run("sandboxcontainer", "start", "wrong");
});

// These files appear during a first start, in this order.
const steps = [
  "/var/lib/sandboxcontainer/killed/state.json",
  "/var/lib/sandboxcontainer/killed/manifest.json",
  "/var/lib/sandboxcontainer/killed/start/plan.json",
  "/var/lib/sandboxcontainer/killed/populated-*",
  "/run/sandboxcontainer/killed/run.json",
  "/run/libvirt/lxc/killed.pid",
  "/run/sandboxcontainer/killed/console",
];

test("helpers killed at any step leave a sandbox that starts the next time", { timeout: 600_000 }, async (t) => {
  deleteAfter(t, "killed");
  const kill = "pkill -KILL -f 'libexec/sandboxcontainer/(make-root|launch) killed'";
  for (const step of steps) {
    await writeConf("killed", "[Sandbox]\nUnit=apache2.service\n[Service]\nTimeoutStopSec=5\n");
    await bed.run("systemctl", "daemon-reload");
    await bed.try(
      "sh",
      "-c",
      `systemctl start --no-block sandbox@killed; until ls -d ${step} || systemctl is-active -q sandbox@killed; do :; done >/dev/null 2>&1; ${kill}; true`,
    );
    await eventually(async () => {
      assert.match(await bed.run("systemctl", "show", "--value", "--property=Job", "sandbox@killed"), /^0?$/);
      assert.match((await bed.try("systemctl", "is-active", "sandbox@killed")).stdout, /^(failed|inactive|active)$/m);
    });
    await bed.run("systemctl", "start", "sandbox@killed");
    assert.equal((await command("execute", "killed", "--", "systemctl", "is-active", "apache2")).stdout, "active\n");
    await bed.run("sandboxcontainer", "delete", "--force", "killed");
    await assertNothingOf("killed");
  }
});

test("where the kernel has neither SELinux nor AppArmor a labelled sandbox is refused, and what to do is said", async (t) => {
  deleteAfter(t, "labelled");
  await writeConf("labelled", "[Sandbox]\nUnit=apache2.service\n[Security]\nLabel=dynamic\n");
  await bed.run("systemctl", "daemon-reload");
  assert.notEqual((await bed.try("systemctl", "start", "sandbox@labelled")).status, 0);
  const message = /neither SELinux nor AppArmor is enabled in the running kernel\. .*Label=none/;
  assert.match((await bed.try("systemctl", "status", "sandbox@labelled")).stdout, message);
  oneLine(await command("start", "labelled"), 1, message);
});

test("a conf that changed means what it was until the daemon-reload, and the journal says that one is due", async (t) => {
  deleteAfter(t, "altered");
  await writeConf("altered", "[Sandbox]\nExec=/usr/bin/sleep infinity\n");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@altered");
  await bed.run("systemctl", "stop", "sandbox@altered");
  await writeConf("altered", "[Sandbox]\nExec=/usr/bin/sleep 86399\nPackage=nginx\n");
  await bed.run("systemctl", "start", "sandbox@altered");
  await eventually(async () => {
    const journal = await bed.journal("-u", "sandbox@altered");
    assert.match(journal, /altered\.conf changed after systemd read it.*daemon-reload/);
  });
  assert.equal((await command("execute", "altered", "--", "ls", "/etc/nginx")).status, 2);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "restart", "sandbox@altered");
  assert.equal((await command("execute", "altered", "--", "ls", "/etc/nginx/nginx.conf")).status, 0);
  assert.equal((await command("execute", "altered", "--", "pgrep", "-fx", "/usr/bin/sleep 86399")).status, 0);
});

test("stop works when the conf is gone, and delete takes the rest", async (t) => {
  await makeSleeper(t, "orphan", "--start");
  await bed.run("sh", "-c", "rm /etc/sandboxcontainer/orphan.conf; systemctl daemon-reload");
  await bed.run("systemctl", "stop", "sandbox@orphan");
  assert.equal((await bed.try("virsh", "-c", "lxc:///system", "domstate", "orphan")).status, 1);
  await bed.run("sandboxcontainer", "delete", "--force", "orphan");
  await assertNothingOf("orphan");
});

/** Makes the unit that makes a root run a command first, until the test ends. */
async function beforeRoot(t: TestContext, name: string, command: string): Promise<void> {
  const folder = `/run/systemd/system/sandbox-root@${name}.service.d`;
  const write = `mkdir -p ${folder}; printf '[Service]\\nExecStartPre=${command}\\n' > ${folder}/first.conf; systemctl daemon-reload`;
  await bed.run("sh", "-c", write);
  t.after(() => bed.run("sh", "-c", `rm -r ${folder}; systemctl daemon-reload`));
}

test("an old failure of the root is not the reason of a new one", async (t) => {
  await make(t, "renewed", "--publish", "8077:80", "--", "/usr/bin/sleep", "infinity");
  await beforeRoot(t, "renewed", "/usr/bin/false");
  await bed.run("sandboxcontainer", "set", "renewed", "MemoryMax=100M");
  const first = await bed.try("sandboxcontainer", "start", "renewed");
  assert.match(first.stderr, /the root of renewed was not made/);
  await bed.run("sandboxcontainer", "set", "renewed", "MemoryMax=");
  await bed.run("systemd-run", "--unit=listen-8077", "python3", "-m", "http.server", "8077");
  t.after(() => bed.run("systemctl", "stop", "listen-8077"));
  await eventually(async () => {
    assert.match(await bed.run("ss", "-Hltn", "sport = :8077"), /LISTEN/);
  });
  const second = await bed.try("sandboxcontainer", "start", "renewed");
  assert.match(second.stderr, /port 8077 of this host is in use by python3/);
});

test("while a root is being made, nobody copies or replaces it", async (t) => {
  await make(t, "making", "--", "/usr/bin/sleep", "infinity");
  await bed.run("sandboxcontainer", "snapshot", "making", "first");
  await beforeRoot(t, "making", "/usr/bin/sleep 60");
  await bed.run("systemctl", "start", "--no-block", "sandbox-root@making");
  for (const words of [
    ["rollback", "making", "first"],
    ["snapshot", "making", "second", "--running"],
    ["export", "making", "/root/making.tar.zst"],
    ["clone", "making", "made", "--running"],
    ["rename", "making", "made"],
  ])
    oneLine(await bed.try("sandboxcontainer", ...words), 1, /the root of making is being made\. Try again when/);
  await bed.run("systemctl", "stop", "sandbox-root@making");
});
