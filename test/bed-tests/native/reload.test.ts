import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");
const inside = (name: string, script: string): Promise<string> =>
  bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const journal = (name: string): Promise<string> =>
  bed.run("journalctl", "-o", "cat", "--no-pager", "-u", `sandbox@${name}`);

/** Starts a sandbox that goes with the test. */
async function start(context: TestContext, name: string, ...words: readonly string[]): Promise<void> {
  deleteAfter(context, bed, name);
  await bed.run("sandboxcontainer", "create", name, "--start", ...words);
}

/** Writes a unit of the host that goes with the test. */
async function writeUnit(context: TestContext, name: string, text: string): Promise<void> {
  const file = `/etc/systemd/system/${name}`;
  context.after(() => bed.run("sh", "-c", `systemctl stop ${name}; rm -f ${file}; systemctl daemon-reload`));
  await bed.feed(`[Service]\nExecStart=/usr/bin/sleep infinity\n${text}`, "sh", "-c", `cat > ${file}`);
  await bed.run("systemctl", "daemon-reload");
}

test("a reload of the sandbox is one of its service, which stays the process that it is", async (context) => {
  await start(context, "web", "--unit", "apache2.service", "--publish", "8081:80");
  const pid = await inside("web", "cat /run/apache2/apache2.pid");
  await inside("web", "echo 'Alias /moved /var/www/html' > /etc/apache2/conf-enabled/moved.conf");
  await bed.run("systemctl", "reload", "sandbox@web");
  assert.equal(await inside("web", "cat /run/apache2/apache2.pid"), pid);
  await eventually(async () => {
    assert.match(await bed.run("curl", "-sS", "-I", "http://127.0.0.1:8081/moved/"), /200 OK/);
  });
});

test("a service that refuses its configuration is told, and goes on", async (context) => {
  await start(context, "refuses", "--unit", "apache2.service");
  await inside("refuses", "echo NoSuchDirective > /etc/apache2/conf-enabled/wrong.conf");
  const { status, stderr } = await bed.try("sandboxcontainer", "reload", "refuses");
  assert.equal(status, 1);
  assert.match(stderr, /cannot reload refuses: .*apache2\.service/s);
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@refuses"), "active");
  await inside("refuses", "rm /etc/apache2/conf-enabled/wrong.conf");
  assert.equal(await bed.run("sandboxcontainer", "reload", "refuses"), "");
});

test("a command gets SIGHUP", async (context) => {
  const command = 'trap "echo heard > /dev/console" HUP; while :; do sleep 0.1; done';
  await start(context, "loop", "--", "/usr/bin/sh", "-c", command);
  await bed.run("sandboxcontainer", "reload", "loop");
  await eventually(async () => {
    assert.match(await journal("loop"), /^heard$/m);
  });
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@loop"), "active");
});

test("a reload of the host's service is one of all that run of it, and starts none", async (context) => {
  await writeUnit(context, "plain.service", "ExecReload=/usr/bin/touch /run/heard\n");
  deleteAfter(context, bed, "same", "idle");
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

test("what cannot be reloaded says so, and what does not run", async (context) => {
  await writeUnit(context, "fixed.service", "");
  deleteAfter(context, bed, "fixed");
  await bed.run("sandboxcontainer", "create", "fixed", "--unit", "fixed.service");
  assert.equal(
    (await bed.try("sandboxcontainer", "reload", "fixed")).stderr,
    "cannot reload fixed: sandbox@fixed.service is not active. Start it: systemctl start sandbox@fixed.service\n",
  );
  await bed.run("systemctl", "start", "sandbox@fixed");
  assert.match(
    (await bed.try("sandboxcontainer", "reload", "fixed")).stderr,
    /none of the sandbox's units can be reloaded: fixed\.service/,
  );
});
