import assert from "node:assert/strict";
import { before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { installPackage } from "../demo-package.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter } = useSandboxes(bed);
const property = (name: string, key: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", `--property=${key}`, `sandbox@${name}`);

// As services do that choose their own capabilities. It does not say which it wants.
const setter = "/usr/bin/setpriv --ambient-caps=-all --inh-caps=-all,+net_admin";
const units = {
  watcher: "Type=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/cat /proc/net/nf_conntrack\n",
  setter: `ExecStartPre=${setter} /usr/bin/true\nExecStart=/usr/bin/sleep infinity\n`,
  waiter: `ExecStartPre=-${setter} /usr/bin/true\nExecStartPre=/usr/bin/sleep 11\nExecStart=/usr/bin/sleep infinity\n`,
  slow: "TimeoutStartSec=400\nExecStartPre=/usr/bin/sleep 15\nExecStart=/usr/bin/sleep infinity\n",
  prober:
    "CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN\nExecStart=/usr/sbin/ip address add 192.0.2.1/32 dev lo\nType=oneshot\nRemainAfterExit=yes\n",
};

const script = `#!/bin/sh
### BEGIN INIT INFO
# Provides: asking-writer
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
case $1 in
start) mkdir -p /usr/lib/asking-writer/run/state && exec start-stop-daemon --start --background --exec /usr/bin/sleep -- 1h ;;
stop) exec start-stop-daemon --stop --exec /usr/bin/sleep ;;
esac
`;

before(async () => {
  for (const [name, text] of Object.entries(units))
    await bed.feed(`[Service]\n${text}`, "sh", "-c", `cat >/etc/systemd/system/asking-${name}.service`);
  await bed.run("systemctl", "daemon-reload");
});

test("a start that takes a while says so, until it is done", async (t) => {
  deleteAfter(t, "slow");
  assert.equal((await command("create", "slow", "--unit", "asking-slow.service")).status, 0);
  await bed.run("systemctl", "start", "--no-block", "sandbox@slow");
  await eventually(async () => {
    assert.equal(await property("slow", "StatusText"), "The service inside is still starting");
  });
  assert.equal(await property("slow", "ActiveState"), "activating");
  await eventually(async () => {
    assert.equal(await property("slow", "ActiveState"), "active");
  });
  assert.equal(await property("slow", "StatusText"), "");
});

test("a service that asks for rights over its network gets them on request, and create and its failure say how", async (t) => {
  deleteAfter(t, "prober");
  const words = "Capabilities=+CAP_NET_ADMIN Capabilities=+CAP_NET_RAW";
  const created = await command("create", "prober", "--unit", "asking-prober.service");
  assert.equal(created.status, 0, created.stderr);
  assert.ok(created.stderr.includes(`asks for CAP_NET_ADMIN and CAP_NET_RAW.`), created.stderr);
  assert.ok(created.stderr.includes(`sandboxcontainer set prober ${words}`), created.stderr);
  const failed = await command("start", "prober");
  assert.equal(failed.status, 1);
  assert.ok(failed.stderr.includes(`sandboxcontainer set prober ${words}`), failed.stderr);
  assert.equal((await command("set", "prober", ...words.split(" "))).status, 0);
  assert.deepEqual(await command("start", "prober"), { status: 0, stdout: "", stderr: "" });
  assert.match(await bed.run("sandboxcontainer", "execute", "prober", "--", "ip", "address"), /192\.0\.2\.1/);
});

test("a program whose file has a capability asks for it in the same way, and its package's script may not set it", async (t) => {
  deleteAfter(t, "capable");
  t.after(() => bed.try("dpkg", "--purge", "capable"));
  const program = "/usr/lib/capable/sleep";
  await installPackage(
    bed,
    "capable",
    "1",
    {
      "/usr/lib/capable/readme": "",
      "/usr/lib/systemd/system/capable.service": `[Service]\nExecStart=${program} infinity\n`,
    },
    `install /usr/bin/sleep ${program}; setcap cap_net_raw+ep ${program}; mkdir -p /var/lib/capable; echo >/var/lib/capable/made`,
  );
  await bed.run("systemctl", "daemon-reload");
  const advice = "sandboxcontainer set capable Capabilities=+CAP_NET_RAW";
  const created = await command("create", "capable", "--unit", "capable.service");
  assert.ok(created.stderr.includes(advice), created.stderr);
  const failed = await command("start", "capable");
  assert.equal(failed.status, 1);
  assert.ok(failed.stderr.includes(advice), failed.stderr);
  await command("set", "capable", "Capabilities=+CAP_NET_RAW");
  assert.deepEqual(await command("start", "capable"), { status: 0, stdout: "", stderr: "" });
  assert.equal((await bed.try("systemctl", "is-failed", "sandbox-configure@capable")).stdout, "inactive\n");
});

test("a service that is refused the capabilities that it sets may have them over its network, as its failure says", async (t) => {
  deleteAfter(t, "setter");
  const words = "Capabilities=+CAP_NET_ADMIN Capabilities=+CAP_NET_RAW";
  const failed = await command("create", "setter", "--unit", "asking-setter.service", "--start");
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /It sets its own capabilities, and was refused/);
  assert.ok(failed.stderr.includes(`sandboxcontainer set setter ${words}`), failed.stderr);
  await command("set", "setter", ...words.split(" "));
  assert.deepEqual(await command("start", "setter"), { status: 0, stdout: "", stderr: "" });
});

test("a start that waits for what was refused, and succeeds, says so", async (t) => {
  deleteAfter(t, "waiter");
  assert.equal((await command("create", "waiter", "--unit", "asking-waiter.service")).status, 0);
  const started = await command("start", "waiter");
  assert.equal(started.status, 0, started.stderr);
  assert.match(started.stderr, /^warning: waiter runs\. It sets its own capabilities.*sandboxcontainer set waiter /m);
});

test("a service that is about the network of the whole host fails with the file that it asks for", async (t) => {
  deleteAfter(t, "watcher");
  const failed = await command("create", "watcher", "--unit", "asking-watcher.service", "--start");
  assert.equal(failed.status, 1);
  assert.match(failed.stderr, /It asks for \/proc\/net\/nf_conntrack, about the network of the whole host/);
  const { advice } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "watcher")) as { advice: string };
  assert.match(advice, /runs on the host only$/);
});

test("show says so too about a service that ends well without its rights", async (t) => {
  deleteAfter(t, "leaver");
  const script = "echo this needs CAP_NET_ADMIN; sleep 1";
  await command("create", "leaver", "--start", "--", "/usr/bin/sh", "-c", script);
  await eventually(async () => {
    assert.equal(await property("leaver", "ActiveState"), "inactive");
  });
  const { advice } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "leaver")) as { advice: string };
  assert.match(advice, /sandboxcontainer set leaver Capabilities=\+CAP_NET_ADMIN$/);
});

test("a script that writes below /usr gets a folder of its own there on request, and its failure says how", async (t) => {
  deleteAfter(t, "writer");
  t.after(() => bed.try("dpkg", "--purge", "asking-writer"));
  const postinst = "chmod 0755 /etc/init.d/asking-writer; mkdir -p /usr/lib/asking-writer/run; systemctl daemon-reload";
  await installPackage(bed, "asking-writer", "1", { "/etc/init.d/asking-writer": script }, postinst);
  const setting = "Mount=guest-bind:/usr/lib/asking-writer/run=/srv/usr/lib/asking-writer/run";
  const failed = await command("create", "writer", "--unit", "asking-writer.service", "--start");
  assert.equal(failed.status, 1);
  assert.ok(failed.stderr.includes(`sandboxcontainer set writer ${setting}`), failed.stderr);
  assert.equal((await command("set", "writer", setting)).status, 0);
  assert.deepEqual(await command("start", "writer"), { status: 0, stdout: "", stderr: "" });
  await bed.run("test", "-d", "/var/lib/sandboxcontainer/writer/root/srv/usr/lib/asking-writer/run/state");
});
