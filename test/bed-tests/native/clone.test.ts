import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { deleteAfter, make, makeSleeper } = useSandboxes(bed);
const fetchPage = (port: number): Promise<string> => bed.run("curl", "-sS", `http://127.0.0.1:${port}/`);
const identity = async (name: string): Promise<readonly unknown[]> => {
  const shown = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as Record<string, unknown>;
  return [shown["uuid"], shown["machineId"], shown["hostIds"]];
};
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;

/** Makes a stopped web server for one test, with a page of its own and a drop-in. */
async function makeSite(t: TestContext, name: string, port: number, ...options: readonly string[]): Promise<void> {
  await make(t, name, "-u", "apache2.service", "-p", `${port}:80`, ...options);
  await bed.run("sh", "-c", `echo page of ${name} > ${tree(name)}/var/www/html/index.html`);
  await bed.run("mkdir", "-p", `/etc/sandboxcontainer/${name}.conf.d`);
  const dropIn = `cat > /etc/sandboxcontainer/${name}.conf.d/restart.conf; systemctl daemon-reload`;
  assert.equal((await bed.feed("[Service]\nRestart=on-failure\n", "sh", "-c", dropIn)).status, 0);
}

/** Leaves files of all kinds in /srv of a sandbox. */
const addFiles = (name: string): Promise<string> =>
  bed.run(
    "sh",
    "-ec",
    `cd ${tree(name)}/srv; truncate -s 50M holes; echo x > a; ln a b; ln -s /etc/shadow link; mkfifo fifo; chown 33:33 a; chmod 4711 a`,
  );

test("a running sandbox is not cloned unless it may be frozen", async (t) => {
  await makeSite(t, "busy", 8101);
  deleteAfter(t, "busy-b");
  await bed.run("systemctl", "start", "sandbox@busy");
  oneLine(await command("clone", "busy", "busy-b"), 1, /busy is running\. Stop it first: .*--running/);
  const cloned = await command("clone", "busy", "busy-b", "--running");
  assert.equal(cloned.status, 0, cloned.stderr);
  assert.equal(await fetchPage(8101), "page of busy");
  assert.equal(await bed.run("cat", `${tree("busy-b")}/var/www/html/index.html`), "page of busy");
});

test("a clone has the data and another identity, and runs beside the first", async (t) => {
  await makeSite(t, "one", 8101);
  deleteAfter(t, "twin");
  const cloned = await command("clone", "one", "twin", "--publish", "8102:80");
  assert.equal(cloned.status, 0, cloned.stderr);
  await bed.run("systemctl", "start", "sandbox@one", "sandbox@twin");
  assert.equal(await fetchPage(8102), "page of one");
  assert.equal((await inside("twin", "echo page of twin > /var/www/html/index.html")).status, 0);
  assert.deepEqual(await Promise.all([8101, 8102].map(fetchPage)), ["page of one", "page of twin"]);
  const [first, second] = await Promise.all(["one", "twin"].map(identity));
  for (const [index, value] of (first ?? []).entries()) assert.notEqual(value, second?.[index]);
  const names = "cat /etc/hostname /etc/machine-id; uname -n; grep -c twin /etc/hosts";
  assert.equal((await inside("twin", names)).stdout, `twin\n${String(second?.[1])}\ntwin\n1\n`);
  assert.equal(await bed.run("systemctl", "show", "--value", "-p", "Restart", "sandbox@twin"), "on-failure");
});

test("hard links, holes, owners, modes and links are as they were", async (t) => {
  await makeSleeper(t, "links");
  await addFiles("links");
  deleteAfter(t, "links-b");
  await bed.run("sandboxcontainer", "clone", "links", "links-b");
  await bed.run("systemctl", "start", "sandbox@links-b");
  const look = "cd /srv && stat -c '%u %g %a %h' a && readlink link && [ -p fifo ] && [ a -ef b ] && stat -c %s holes";
  assert.equal((await inside("links-b", look)).stdout, `33 33 4711 2\n/etc/shadow\n${50 * 1024 ** 2}\n`);
  assert.ok(Number(await bed.run("stat", "-c", "%b", `${tree("links-b")}/srv/holes`)) < 100);
});

test("ports are not copied, and it is said", async (t) => {
  await makeSite(t, "ports", 8102);
  deleteAfter(t, "three");
  await bed.run("systemctl", "start", "sandbox@ports");
  const network =
    "printf '\\n[Network]\\nMacAddress=52:54:00:aa:bb:cc\\n' > /etc/sandboxcontainer/ports.conf.d/net.conf";
  await bed.run("sh", "-c", network);
  const ran = await command("clone", "ports", "three", "--running");
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stderr, /not copied.*: Publish=8102:80, MacAddress=52:54:00:aa:bb:cc\. Give three its own/);
  assert.doesNotMatch(await bed.run("cat", "/etc/sandboxcontainer/three.conf"), /Publish/);
  assert.match((await command("diff", "three")).stdout, /index\.html/);
  assert.doesNotMatch((await command("diff", "three")).stdout, /hostname|machine-id/);
});

// Both were refused: the port was another sandbox's, and the gateway was in no subnet.
test("a socket, an address and what needs it are not copied either, and options give others", async (t) => {
  await makeSleeper(t, "net", "--listen", "127.0.0.1:8104", "--network", "default", "--address", "192.0.2.7/24");
  deleteAfter(t, "net-b", "net-c");
  await bed.run("sandboxcontainer", "set", "net", "Gateway=192.0.2.1", "OnDemand=yes");
  const cloned = await command("clone", "net", "net-b");
  assert.equal(cloned.status, 0, cloned.stderr);
  assert.match(
    cloned.stderr,
    /not copied.*: Listen=127\.0\.0\.1:8104, Address=192\.0\.2\.7\/24, Gateway=192\.0\.2\.1, OnDemand=yes\. /,
  );
  const other = await command("clone", "net", "net-c", "--listen", "127.0.0.1:8105", "--address", "192.0.2.8/24");
  assert.deepEqual([other.status, other.stderr], [0, ""]);
  const conf = await bed.run("cat", "/etc/sandboxcontainer/net-c.conf");
  for (const line of ["Listen=127.0.0.1:8105", "Address=192.0.2.8/24", "Gateway=192.0.2.1", "OnDemand=yes"])
    assert.ok(conf.split("\n").includes(line), line);
});

test("an image is cloned, also a folder into one, and one into a larger", async (t) => {
  await makeSite(t, "folder", 8101);
  await addFiles("folder");
  deleteAfter(t, "img", "img-b");
  await bed.run("sandboxcontainer", "clone", "folder", "img", "--imagesize", "64M", "-p", "8103:80");
  await bed.run("systemctl", "start", "sandbox@img");
  assert.equal(await fetchPage(8103), "page of folder");
  assert.equal(
    (await inside("img", "stat -c '%u %a %h' /srv/a; df --output=size -BM / | tail -1")).stdout.split("\n")[0],
    "33 4711 2",
  );
  await bed.run("sandboxcontainer", "clone", "img", "img-b", "-i", "96M", "-p", "8104:80", "--running");
  await bed.run("systemctl", "start", "sandbox@img-b");
  assert.equal(await fetchPage(8104), "page of folder");
  assert.ok(Number((await inside("img-b", "df --output=size -BM / | tail -1 | tr -d M")).stdout) > 70);
  const uuid = (name: string) =>
    bed.run("sh", "-c", `blkid -p -o value -s UUID /var/lib/sandboxcontainer/${name}/root.img`);
  assert.notEqual(await uuid("img"), await uuid("img-b"));
});

test("a clone that cannot be made leaves nothing", async (t) => {
  await makeSite(t, "large", 8101);
  await makeSleeper(t, "other", "-p", "8102:80");
  deleteAfter(t, "small");
  oneLine(await command("clone", "large", "other"), 1, /the name other is taken/);
  oneLine(await command("clone", "lareg", "small"), 1, /no sandbox lareg\. Did you mean `large`\?/);
  oneLine(await command("clone", "large", "a/b"), 2, /not a valid sandbox name/);
  oneLine(await command("clone", "large", "small", "-p", "80"), 2, /--publish=80: expected/);
  oneLine(
    await command("clone", "large", "small", "-p", "8102:80"),
    2,
    /port 8102 of the host is also published by sandbox other/,
  );
  await bed.run("sh", "-c", `head -c 20M /dev/urandom > ${tree("large")}/srv/large`);
  const { status, stderr } = await command("clone", "large", "small", "-i", "16M", "-p", "8105:80");
  assert.equal(status, 1);
  assert.match(stderr, /No space left on device/);
  const asUser = ["setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer"];
  oneLine(await bed.try(...asUser, "clone", "large", "small"), 1, /root.*sudo/);
  assert.equal(
    await bed.run("sh", "-c", "ls -A /var/lib/sandboxcontainer /etc/sandboxcontainer | grep -E 'small|new-' ; true"),
    "",
  );
});

test("rename keeps data, identity and whether it is enabled, and needs it stopped", async (t) => {
  await makeSite(t, "two", 8102);
  await makeSleeper(t, "other");
  deleteAfter(t, "moved");
  await bed.run("systemctl", "start", "sandbox@two");
  oneLine(await command("rename", "two", "moved"), 1, /two is running\. Stop it first: systemctl stop sandbox@two/);
  oneLine(await command("rename", "two", "other"), 1, /the name other is taken/);
  oneLine(await command("rename", "tow", "moved"), 1, /Did you mean `two`\?/);
  await bed.run("systemctl", "enable", "sandbox@two");
  await bed.run("systemctl", "stop", "sandbox@two");
  const was = await identity("two");
  await bed.run("sandboxcontainer", "rename", "two", "moved");
  assert.deepEqual(await identity("moved"), was);
  assert.equal(await bed.run("systemctl", "is-enabled", "sandbox@moved"), "enabled");
  await bed.run("systemctl", "start", "sandbox@moved");
  assert.equal(await fetchPage(8102), "page of two");
  assert.equal((await inside("moved", "uname -n; cat /etc/hostname")).stdout, "moved\nmoved\n");
  const left =
    "find /etc /var/lib/sandboxcontainer /run /var/log/libvirt -xdev -regex '.*[/@-]two[.-]?[^/r]*' | grep -v journal; true";
  assert.equal(await bed.run("sh", "-c", left), "");
});

test("an image is renamed too; a renaming that was killed goes on", async (t) => {
  await makeSite(t, "disk", 8103, "--imagesize", "64M");
  deleteAfter(t, "disk-b");
  const killed =
    "sandboxcontainer rename disk disk-b & p=$!; until [ -e /etc/sandboxcontainer/disk-b.conf ]; do :; done; kill -KILL $p; wait $p";
  await bed.try("sh", "-c", killed);
  await bed.run("sandboxcontainer", "rename", "disk", "disk-b");
  await bed.run("systemctl", "start", "sandbox@disk-b");
  assert.equal(await fetchPage(8103), "page of disk");
  assert.equal((await inside("disk-b", "cat /etc/hostname")).stdout, "disk-b\n");
});
