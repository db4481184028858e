import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { deleteAfter, make, makeSleeper } = useSandboxes(bed);
const sh = (script: string) => bed.run("sh", "-c", script);

// All that we make on the host: not the trees of sandboxes and what is mounted, which only root can reach.
const roots = "/run/sandboxcontainer /run/host/sandboxcontainer /var/lib/sandboxcontainer";
const mine = String.raw`find ${roots} \( -path '*/root' -o -path '*/start/run/*' -o -path '/run/sandboxcontainer/*/mount-*' -o -path '*/image' -o -path '/run/host/*/*/*' -o -fstype nsfs \) -prune \
  -o ! -type l -printf '%y %m %p\n'`;
// Sandboxes pass through these folders, and cannot list them.
const passed = [
  /^d 711 \/run\/(host\/)?sandboxcontainer$/,
  /^d 710 \/run\/(host\/)?sandboxcontainer\/[^/]+$/,
  /^d 755 \/var\/lib\/sandboxcontainer\/[^/]+\/start\/run$/,
];

async function listOpen(): Promise<readonly string[]> {
  const lines = (await sh(mine)).split("\n");
  assert.ok(lines.length > 20);
  return lines.filter((line) => !/^\S [0-7]00 /.test(line) && !passed.some((known) => known.test(line)));
}

test("only root opens what we make in /run and /var/lib, whatever happens to a sandbox", async (t) => {
  deleteAfter(t, "private2", "private3", "private4");
  await make(t, "private", "-u", "apache2.service", "-p", "8171:80", "-m", "ram:/srv/x=1M", "--start");
  await makeSleeper(t, "private1", "--imagesize", "64M", "--start");
  assert.deepEqual(await listOpen(), []);
  await bed.run("sandboxcontainer", "snapshot", "private", "one", "--running");
  await bed.run("sandboxcontainer", "snapshot", "private1", "one", "--running");
  await bed.run("sandboxcontainer", "stop", "private");
  await bed.run("sandboxcontainer", "rollback", "private", "one");
  await bed.run("sandboxcontainer", "clone", "private", "private2", "--publish", "8172:80");
  await bed.run("sandboxcontainer", "rename", "private2", "private3");
  await bed.run("sandboxcontainer", "upgrade", "private3");
  await bed.run("sandboxcontainer", "start", "private3");
  await bed.run("sandboxcontainer", "execute", "private3", "--", "true");
  await bed.run("systemctl", "reload", "sandbox@private3");
  assert.deepEqual(await listOpen(), []);
  // While a command holds a sandbox, and others start at the same time.
  t.after(() => bed.try("rm", "-f", "/root/private.gate", "/root/private.tar.zst"));
  await bed.run("mkfifo", "/root/private.gate");
  t.after(() => bed.try("sh", "-c", "exec 3<>/root/private.gate; echo >&3"));
  const exported = sh(
    "sandboxcontainer export private - | { read -r _ </root/private.gate; cat >/root/private.tar.zst; }",
  );
  await eventually(() => bed.run("test", "-e", "/run/sandboxcontainer/.held-private"));
  const started = sh(
    "systemctl start sandbox@private sandbox@private1; systemctl restart sandbox@private1 sandbox@private3",
  );
  for (let count = 0; count < 5; count++) assert.deepEqual(await listOpen(), []);
  await sh("echo >/root/private.gate");
  await Promise.all([exported, started]);
  await bed.run("sandboxcontainer", "import", "/root/private.tar.zst", "private4", "--publish", "8173:80");
  assert.deepEqual(await listOpen(), []);
});

test("a user of the host cannot lock a sandbox away from commands", async (t) => {
  await makeSleeper(t, "private5");
  await bed.run("mkfifo", "/root/private5.gate");
  t.after(() => bed.try("sh", "-c", "exec 3<>/root/private5.gate; echo >&3; rm /root/private5.gate"));
  const exported = sh("sandboxcontainer export private5 - | { read -r _ </root/private5.gate; cat >/dev/null; }");
  const file = "/run/sandboxcontainer/.held-private5";
  await eventually(() => bed.run("test", "-s", file));
  const { status, stderr } = await bed.try(
    "runuser",
    "-u",
    "nobody",
    "--",
    "flock",
    "--shared",
    "--nonblock",
    file,
    "true",
  );
  assert.equal(status, 66);
  assert.match(stderr, /Permission denied/);
  await sh("echo >/root/private5.gate");
  await exported;
});
