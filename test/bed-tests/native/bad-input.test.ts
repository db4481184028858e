import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const nothingOf = async (name: string): Promise<void> => {
  const found = await bed.run(
    "sh",
    "-c",
    `find /etc/sandboxcontainer /var/lib/sandboxcontainer /run/sandboxcontainer /run/systemd/generator -xdev -name '*${name}*'; true`,
  );
  assert.equal(found, "");
};
const names = ["taken", "port1", "port2", "full", "killed", "bad", "good", "altered"];

after(async () => {
  for (const name of names) await command("delete", "--force", name);
  await bed.try("sh", "-c", "rm -f /etc/sandboxcontainer/bad.conf; systemctl daemon-reload");
});

test("an unknown unit is refused and nothing is made", async () => {
  oneLine(
    await command("create", "bad", "--unit", "apache3.service"),
    1,
    /no unit apache3\.service on this host.*install/,
  );
  await nothingOf("bad");
});

test("the name of a unit where a path belongs is told with the option for it", async () => {
  oneLine(await command("create", "bad", "apache2.service"), 2, /not the path.*create bad --unit apache2\.service/);
  await nothingOf("bad");
});

test("a unit that no sandbox can run says why", async () => {
  const text = "[Unit]\nConditionVirtualization=!container\n[Service]\nExecStart=/usr/bin/sleep infinity\n";
  await bed.feed(text, "sh", "-c", "cat >/etc/systemd/system/no-container.service; systemctl daemon-reload");
  oneLine(
    await command("create", "bad", "--unit", "no-container"),
    1,
    /no-container\.service cannot run in a sandbox: it says ConditionVirtualization=!container.*systemctl edit/,
  );
  oneLine(await command("create", "bad", "--unit", "tmp.mount"), 1, /it is a mount/);
  await bed.run("rm", "/etc/systemd/system/no-container.service");
  await nothingOf("bad");
});

test("an executable of no package is refused, one that several units run asks for --unit", async () => {
  await bed.run("cp", "/usr/bin/true", "/usr/local/bin/own-program");
  oneLine(
    await command("create", "bad", "/usr/local/bin/own-program"),
    1,
    /own-program belongs to no package|own-program.*no package/,
  );
  oneLine(await command("create", "bad", "/usr/bin/no-such"), 1, /no-such: no such file/);
  oneLine(
    await command("create", "bad", "/usr/bin/true"),
    1,
    /no unit of its package runs \/usr\/bin\/true.*create bad -- /,
  );
  await nothingOf("bad");
});

test("a name is checked: the rule is said, and a taken one is", async () => {
  oneLine(
    await command("create", "a/b", "--unit", "apache2.service"),
    2,
    /`a\/b` is not a valid sandbox name\. A name consists of/,
  );
  oneLine(await command("create", "../x", "--unit", "apache2.service"), 2, /not a valid sandbox name/);
  oneLine(await command("create", "defaults", "--unit", "apache2.service"), 2, /reserved/);
  await bed.run("sandboxcontainer", "create", "taken", "--", "/usr/bin/sleep", "infinity");
  oneLine(
    await command("create", "taken", "--", "/usr/bin/true"),
    1,
    /taken is taken.*\/etc\/sandboxcontainer\/taken\.conf/,
  );
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/taken.conf"), /sleep infinity/);
});

test("wrong usage has status 2 and says what is right", async () => {
  oneLine(await command("create", "bad"), 2, /nothing to put into the sandbox.*--unit/);
  oneLine(await command("create", "bad", "--unit", "a.service", "--", "/usr/bin/true"), 2, /more than one thing/);
  oneLine(
    await command("create", "bad", "--unit", "apache2.service", "--publish", "80"),
    2,
    /--publish=80: expected .*HOSTPORT:PORT/,
  );
  oneLine(await command("strat", "taken"), 2, /unknown command `strat`\. Did you mean `start`\? See/);
  oneLine(await command("start", "takn"), 1, /no sandbox takn\. Did you mean `taken`\?/);
  oneLine(await command("list", "--jsn"), 2, /--jsn.*--json/);
  await nothingOf("bad");
});

test("without root rights nothing is tried", async () => {
  const asUser = (...words: readonly string[]) =>
    bed.try("setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer", ...words);
  oneLine(await asUser("create", "bad", "--unit", "apache2.service"), 1, /root.*sudo/);
  oneLine(await asUser("execute", "taken", "--", "id"), 1, /root.*sudo/);
  assert.equal((await asUser("--help")).status, 0);
});

test("a port in use is named with its user, in the command, the status and the journal", async () => {
  await bed.run(
    "sandboxcontainer",
    "create",
    "port1",
    "--publish",
    "8090:80",
    "--start",
    "--",
    "/usr/bin/sleep",
    "infinity",
  );
  const other = await command("create", "port2", "--publish", "8090:80", "--", "/usr/bin/sleep", "infinity");
  assert.equal(other.status, 2, other.stderr);
  assert.match(other.stderr, /8090.*port1/);
  await nothingOf("port2");
  await bed.run(
    "sh",
    "-c",
    "python3 -c 'import socket,time; s=socket.socket(); s.bind((\"\",8091)); s.listen(); time.sleep(60)' > /dev/null 2>&1 & until ss -Hltn sport = :8091 | grep -q 8091; do sleep 0.05; done",
  );
  const used = await command("create", "port2", "--publish", "8091:80", "--start", "--", "/usr/bin/sleep", "infinity");
  assert.equal(used.status, 1);
  assert.match(used.stderr, /port 8091 of this host is in use by python3 \(process \d+\)/);
  assert.match(
    (await bed.try("systemctl", "status", "sandbox@port2")).stdout,
    /port 8091 of this host is in use by python3/,
  );
  await bed.run("pkill", "-f", "8091");
  await bed.run("systemctl", "start", "sandbox@port2");
});

test("a conf that cannot be read makes its own instance fail with the message, and no other", async () => {
  const conf = "[Sandbox]\nUnit=apache2.service\nPackge=nginx\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/bad.conf");
  await bed.run("systemctl", "daemon-reload");
  assert.notEqual((await bed.try("systemctl", "start", "sandbox@bad")).status, 0);
  const message = /\/etc\/sandboxcontainer\/bad\.conf:3: Packge= .*Package=/;
  await eventually(async () => {
    assert.match(await bed.journal("-u", "sandbox@bad"), message);
    assert.match((await bed.try("systemctl", "status", "sandbox@bad")).stdout, message);
  });
  const verified = await command("verify", "bad");
  assert.equal(verified.status, 2);
  assert.match(verified.stdout, message);
  assert.equal((await bed.try("systemctl", "start", "sandbox@taken")).status, 0);
  await bed.run("systemctl", "stop", "sandbox@taken");
  assert.match((await bed.try("systemctl", "start", "sandbox@nosuch")).stderr, /Assertion failed/);
});

test("who starts it more often than systemd allows learns what to do", async () => {
  // A busy machine cannot start it so often within ten seconds.
  const folder = "/run/systemd/system/sandbox@bad.service.d";
  const limit = `mkdir -p ${folder}; printf '[Unit]\\nStartLimitIntervalSec=1h\\n' > ${folder}/limit.conf`;
  await bed.run("sh", "-c", `${limit}; systemctl daemon-reload; systemctl reset-failed sandbox@bad`);
  try {
    for (let count = 0; count < 6; count++) await command("start", "bad");
    oneLine(await command("start", "bad"), 1, /too often.*systemctl reset-failed sandbox@bad/);
    await bed.run("systemctl", "reset-failed", "sandbox@bad");
    oneLine(await command("start", "bad"), 1, /bad\.conf:3: Packge=/);
  } finally {
    await bed.run("sh", "-c", `rm -r ${folder}; systemctl daemon-reload`);
  }
});

test("a service that does not start fails the start, with its own status and last lines", async () => {
  await bed.run("sandboxcontainer", "create", "good", "--unit", "apache2.service");
  await bed.run(
    "sh",
    "-c",
    "echo 'NoSuchDirective on' >> /var/lib/sandboxcontainer/good/root/etc/apache2/apache2.conf",
  );
  const started = await command("start", "good");
  assert.equal(started.status, 1);
  assert.match(started.stderr, /Invalid command 'NoSuchDirective'/);
  assert.match((await bed.try("systemctl", "status", "sandbox@good")).stdout, /status=1/);
  await bed.run("sh", "-c", "sed -i /NoSuchDirective/d /var/lib/sandboxcontainer/good/root/etc/apache2/apache2.conf");
  await bed.run("sandboxcontainer", "start", "good");
});

test("a running sandbox is not deleted unless forced", async () => {
  oneLine(await command("delete", "good"), 1, /good is active.*--force/);
  assert.equal((await bed.try("systemctl", "is-active", "sandbox@good")).stdout, "active\n");
});

test("a full disk leaves nothing half-made, and the next try works", async () => {
  await bed.run(
    "sh",
    "-c",
    "mkdir -p /mnt/small && mount -t tmpfs -o size=100k small /mnt/small && mount --bind /mnt/small /var/lib/sandboxcontainer",
  );
  const full = await command("create", "full", "--unit", "apache2.service");
  await bed.run("sh", "-c", "umount /var/lib/sandboxcontainer; umount /mnt/small");
  assert.equal(full.status, 1);
  assert.match(full.stderr, /no space left/);
  await nothingOf("full");
  await bed.run("sandboxcontainer", "create", "full", "--unit", "apache2.service");
});

// These files appear during a first start, in this order.
const steps = [
  "/var/lib/sandboxcontainer/killed/state.json",
  "/var/lib/sandboxcontainer/killed/manifest.json",
  "/var/lib/sandboxcontainer/killed/populated-*",
  "/run/sandboxcontainer/killed/fstab",
  "/run/libvirt/lxc/killed.pid",
  "/run/sandboxcontainer/killed/console",
];

test("helpers killed at any step leave a sandbox that starts the next time", { timeout: 600_000 }, async () => {
  const conf = "[Sandbox]\nUnit=apache2.service\n[Service]\nTimeoutStopSec=5\n";
  for (const step of steps) {
    await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/killed.conf; systemctl daemon-reload");
    await bed.try(
      "sh",
      "-c",
      `systemctl start --no-block sandbox@killed; until ls -d ${step} || systemctl is-active -q sandbox@killed; do :; done >/dev/null 2>&1; pkill -KILL -x node; pkill -KILL -f 'libexec/sandboxcontainer/(attach|launch)'; true`,
    );
    await eventually(async () => {
      assert.match(await bed.run("systemctl", "show", "--value", "--property=Job", "sandbox@killed"), /^0?$/);
      assert.match((await bed.try("systemctl", "is-active", "sandbox@killed")).stdout, /^(failed|inactive|active)$/m);
    });
    await bed.run("systemctl", "start", "sandbox@killed");
    assert.equal((await command("execute", "killed", "--", "systemctl", "is-active", "apache2")).stdout, "active\n");
    await bed.run("sandboxcontainer", "delete", "--force", "killed");
    await nothingOf("killed");
  }
});

test("where the kernel has no SELinux a labelled sandbox is refused, and what to do is said", async () => {
  const conf = "[Sandbox]\nUnit=apache2.service\n[Security]\nLabel=dynamic\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/bad.conf; systemctl daemon-reload");
  assert.notEqual((await bed.try("systemctl", "start", "sandbox@bad")).status, 0);
  const message = /SELinux is not enabled in the running kernel\. .*Label=none/;
  assert.match((await bed.try("systemctl", "status", "sandbox@bad")).stdout, message);
  oneLine(await command("start", "bad"), 1, message);
});

test("a conf that changed means what it was until the daemon-reload, and the journal says that one is due", async () => {
  const write = (text: string) => bed.feed(text, "sh", "-c", "cat > /etc/sandboxcontainer/altered.conf");
  await write("[Sandbox]\nExec=/usr/bin/sleep infinity\n");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@altered");
  await bed.run("systemctl", "stop", "sandbox@altered");
  await write("[Sandbox]\nExec=/usr/bin/sleep 86399\nPackage=nginx\n");
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

test("stop works when the conf is gone, and delete takes the rest", async () => {
  await bed.run("sh", "-c", "rm /etc/sandboxcontainer/altered.conf; systemctl daemon-reload");
  await bed.run("systemctl", "stop", "sandbox@altered");
  assert.equal((await bed.try("virsh", "-c", "lxc:///system", "domstate", "altered")).status, 1);
  await bed.run("sandboxcontainer", "delete", "altered");
  await nothingOf("altered");
});
