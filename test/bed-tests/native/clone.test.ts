import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const names = ["one", "two", "three", "img", "img-b", "moved", "small", "live"];
const fetchPage = (port: number): Promise<string> => bed.run("curl", "-sS", `http://127.0.0.1:${port}/`);
const identity = async (name: string): Promise<readonly unknown[]> => {
  const shown = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as Record<string, unknown>;
  return [shown["uuid"], shown["machineId"], shown["hostIds"]];
};
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;

before(async () => {
  await bed.run("sandboxcontainer", "create", "one", "-u", "apache2.service", "-p", "8101:80", "--start");
  await bed.feed(
    "page of one\n",
    "sandboxcontainer",
    "execute",
    "one",
    "--",
    "sh",
    "-c",
    "cat > /var/www/html/index.html",
  );
  const data =
    "cd /srv && truncate -s 50M holes && echo x > a && ln a b && ln -s /etc/shadow link && mkfifo fifo && chown 33:33 a && chmod 4711 a";
  assert.equal((await inside("one", data)).status, 0);
  await bed.run("mkdir", "-p", "/etc/sandboxcontainer/one.conf.d");
  await bed.feed("[Service]\nRestart=on-failure\n", "sh", "-c", "cat > /etc/sandboxcontainer/one.conf.d/restart.conf");
});

after(async () => {
  for (const name of names) await command("delete", "--force", name);
});

test("a running sandbox is not cloned unless it may be frozen", async () => {
  oneLine(await command("clone", "one", "two"), 1, /one is running\. Stop it first: .*--running/);
  const cloned = await command("clone", "one", "live", "--running");
  assert.equal(cloned.status, 0, cloned.stderr);
  assert.equal(await fetchPage(8101), "page of one");
  assert.equal(await bed.run("cat", `${tree("live")}/var/www/html/index.html`), "page of one");
});

test("a clone has the data and another identity, and runs beside the first", async () => {
  await bed.run("systemctl", "stop", "sandbox@one");
  const cloned = await command("clone", "one", "two", "--publish", "8102:80");
  assert.equal(cloned.status, 0, cloned.stderr);
  await bed.run("systemctl", "start", "sandbox@one", "sandbox@two");
  await bed.feed(
    "page of two\n",
    "sandboxcontainer",
    "execute",
    "two",
    "--",
    "sh",
    "-c",
    "cat > /var/www/html/index.html",
  );
  assert.deepEqual(await Promise.all([8101, 8102].map(fetchPage)), ["page of one", "page of two"]);
  const [first, second] = await Promise.all(["one", "two"].map(identity));
  for (const [index, value] of (first ?? []).entries()) assert.notEqual(value, second?.[index]);
  const names = "cat /etc/hostname /etc/machine-id; uname -n; grep -c two /etc/hosts";
  assert.equal((await inside("two", names)).stdout, `two\n${String(second?.[1])}\ntwo\n1\n`);
  assert.equal(await bed.run("systemctl", "show", "--value", "-p", "Restart", "sandbox@two"), "on-failure");
});

test("hard links, holes, owners, modes and links are as they were", async () => {
  const look = "cd /srv && stat -c '%u %g %a %h' a && readlink link && [ -p fifo ] && [ a -ef b ] && stat -c %s holes";
  assert.equal((await inside("two", look)).stdout, `33 33 4711 2\n/etc/shadow\n${50 * 1024 ** 2}\n`);
  assert.ok(Number(await bed.run("stat", "-c", "%b", `${tree("two")}/srv/holes`)) < 100);
});

test("ports are not copied, and it is said", async () => {
  await bed.run(
    "sh",
    "-c",
    "printf '\\n[Network]\\nMacAddress=52:54:00:aa:bb:cc\\n' > /etc/sandboxcontainer/two.conf.d/net.conf",
  );
  const ran = await command("clone", "two", "three", "--running");
  await bed.run("rm", "/etc/sandboxcontainer/two.conf.d/net.conf");
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stderr, /not copied.*: Publish=8102:80, MacAddress=52:54:00:aa:bb:cc\. Give three its own/);
  assert.doesNotMatch(await bed.run("cat", "/etc/sandboxcontainer/three.conf"), /Publish/);
  assert.match((await command("diff", "three")).stdout, /index\.html/);
  assert.doesNotMatch((await command("diff", "three")).stdout, /hostname|machine-id/);
});

test("an image is cloned, also a folder into one, and one into a larger", async () => {
  await bed.run("systemctl", "stop", "sandbox@one");
  await bed.run("sandboxcontainer", "clone", "one", "img", "--imagesize", "64M", "-p", "8103:80");
  await bed.run("systemctl", "start", "sandbox@img");
  assert.equal(await fetchPage(8103), "page of one");
  assert.equal(
    (await inside("img", "stat -c '%u %a %h' /srv/a; df --output=size -BM / | tail -1")).stdout.split("\n")[0],
    "33 4711 2",
  );
  await bed.run("sandboxcontainer", "clone", "img", "img-b", "-i", "96M", "-p", "8104:80", "--running");
  await bed.run("systemctl", "start", "sandbox@img-b");
  assert.equal(await fetchPage(8104), "page of one");
  assert.ok(Number((await inside("img-b", "df --output=size -BM / | tail -1 | tr -d M")).stdout) > 70);
  const uuid = (name: string) =>
    bed.run("sh", "-c", `blkid -p -o value -s UUID /var/lib/sandboxcontainer/${name}/root.img`);
  assert.notEqual(await uuid("img"), await uuid("img-b"));
});

test("a clone that cannot be made leaves nothing", async () => {
  oneLine(await command("clone", "one", "two"), 1, /the name two is taken/);
  oneLine(await command("clone", "oen", "small"), 1, /no sandbox oen\. Did you mean `one`\?/);
  oneLine(await command("clone", "one", "a/b"), 2, /not a valid sandbox name/);
  oneLine(await command("clone", "one", "small", "-p", "80"), 2, /Publish=80: expected/);
  oneLine(
    await command("clone", "one", "small", "-p", "8102:80"),
    2,
    /port 8102 of the host is also published by sandbox two/,
  );
  await bed.run("sh", "-c", `head -c 20M /dev/urandom > ${tree("one")}/srv/large`);
  const { status, stderr } = await command("clone", "one", "small", "-i", "16M", "-p", "8105:80");
  await bed.run("rm", `${tree("one")}/srv/large`);
  assert.equal(status, 1);
  assert.match(stderr, /No space left on device/);
  const asUser = await bed.try(
    "setpriv",
    "--reuid",
    "65534",
    "--clear-groups",
    "sandboxcontainer",
    "clone",
    "one",
    "small",
  );
  oneLine(asUser, 1, /root.*sudo/);
  assert.equal(
    await bed.run("sh", "-c", "ls -A /var/lib/sandboxcontainer /etc/sandboxcontainer | grep -E 'small|new-' ; true"),
    "",
  );
});

test("rename keeps data, identity and whether it is enabled, and needs it stopped", async () => {
  oneLine(await command("rename", "two", "moved"), 1, /two is running\. Stop it first: systemctl stop sandbox@two/);
  oneLine(await command("rename", "two", "one"), 1, /the name one is taken/);
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

test("an image is renamed too; a renaming that was killed goes on", async () => {
  await bed.run("sandboxcontainer", "delete", "--force", "img-b");
  await bed.run("systemctl", "stop", "sandbox@img");
  const killed =
    "sandboxcontainer rename img img-b & p=$!; until [ -e /etc/sandboxcontainer/img-b.conf ]; do :; done; kill -KILL $p; wait $p";
  await bed.try("sh", "-c", killed);
  await bed.run("sandboxcontainer", "rename", "img", "img-b");
  await bed.run("systemctl", "start", "sandbox@img-b");
  assert.equal(await fetchPage(8103), "page of one");
  assert.equal((await inside("img-b", "cat /etc/hostname")).stdout, "img-b\n");
});
