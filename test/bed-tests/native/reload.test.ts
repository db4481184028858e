import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";

const bed = useBed("native");
const inside = (name: string, script: string): Promise<string> =>
  bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const journal = (name: string): Promise<string> =>
  bed.run("journalctl", "-o", "cat", "--no-pager", "-u", `sandbox@${name}`);

before(async () => {
  await bed.run("sandboxcontainer", "create", "web", "--unit", "apache2.service", "--publish", "8081:80", "--start");
  const command = 'trap "echo heard > /dev/console" HUP; while :; do sleep 0.1; done';
  await bed.run("sandboxcontainer", "create", "loop", "--start", "--", "/usr/bin/sh", "-c", command);
});

after(async () => {
  for (const name of ["web", "loop", "same", "idle"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.run("rm", "-f", "/etc/systemd/system/plain.service");
});

test("a reload of the sandbox is one of its service, which stays the process that it is", async () => {
  const pid = await inside("web", "cat /run/apache2/apache2.pid");
  await inside("web", "echo 'Alias /moved /var/www/html' > /etc/apache2/conf-enabled/moved.conf");
  await bed.run("systemctl", "reload", "sandbox@web");
  assert.equal(await inside("web", "cat /run/apache2/apache2.pid"), pid);
  await eventually(async () => {
    assert.match(await bed.run("curl", "-sS", "-I", "http://127.0.0.1:8081/moved/"), /200 OK/);
  });
});

test("a service that refuses its configuration is told, and goes on", async () => {
  await inside("web", "echo NoSuchDirective > /etc/apache2/conf-enabled/moved.conf");
  const { status, stderr } = await bed.try("sandboxcontainer", "reload", "web");
  assert.equal(status, 1);
  assert.match(stderr, /cannot reload web: .*apache2\.service/s);
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@web"), "active");
  await inside("web", "rm /etc/apache2/conf-enabled/moved.conf");
  assert.equal(await bed.run("sandboxcontainer", "reload", "web"), "");
});

test("a command gets SIGHUP", async () => {
  await bed.run("sandboxcontainer", "reload", "loop");
  await eventually(async () => {
    assert.match(await journal("loop"), /^heard$/m);
  });
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@loop"), "active");
});

test("a reload of the host's service is one of all that run of it, and starts none", async () => {
  const unit = "[Service]\nExecStart=/usr/bin/sleep infinity\nExecReload=/usr/bin/touch /run/heard\n";
  await bed.feed(unit, "sh", "-c", "cat > /etc/systemd/system/plain.service; systemctl daemon-reload");
  for (const name of ["same", "idle"]) await bed.run("sandboxcontainer", "create", name, "--unit", "plain.service");
  await bed.run("systemctl", "start", "plain", "sandbox@same");
  await bed.run("systemctl", "reload", "plain");
  await eventually(async () => {
    await inside("same", "test -e /run/heard");
  });
  assert.equal((await bed.try("systemctl", "is-active", "sandbox@idle")).stdout, "inactive\n");
  await bed.run("systemctl", "stop", "plain");
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@same"), "active");
});

test("what cannot be reloaded says so, and what does not run", async () => {
  await bed.feed(
    "[Service]\nExecStart=/usr/bin/sleep infinity\n",
    "sh",
    "-c",
    "cat > /etc/systemd/system/plain.service",
  );
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "delete", "--force", "web");
  await bed.run("sandboxcontainer", "create", "web", "--unit", "plain.service");
  assert.equal(
    (await bed.try("sandboxcontainer", "reload", "web")).stderr,
    "cannot reload web: sandbox@web.service is not active. Start it: systemctl start sandbox@web.service\n",
  );
  await bed.run("systemctl", "start", "sandbox@web");
  assert.match(
    (await bed.try("sandboxcontainer", "reload", "web")).stderr,
    /none of the sandbox's units can be reloaded: plain\.service/,
  );
});
