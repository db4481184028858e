import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { deleteAfter } = useSandboxes(bed);
const shell = (script: string) => bed.try("sh", "-c", script);
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;
const unit = `[Service]
ExecStart=/usr/bin/sleep infinity
StateDirectory=keeps
User=anna
`;

before(async () => {
  await bed.feed(unit, "sh", "-c", "cat >/etc/systemd/system/keeps.service");
  const prepare = `set -e
useradd --no-create-home --uid 1234 anna
mkdir -p /var/lib/keeps && cd /var/lib/keeps
echo data >file && ln file same && ln -s /etc/shadow link && mkfifo fifo && truncate -s 64M sparse
setfattr -n user.origin -v host file
setfattr -n user.origin -v host /etc/apache2/apache2.conf
chown -R anna . && systemctl daemon-reload`;
  assert.equal((await shell(prepare)).stderr, "");
  await bed.run("sandboxcontainer", "create", "keeps1", "--unit", "keeps", "--package", "apache2", "--copy");
});

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "keeps1");
  await shell(
    "rm -rf /etc/systemd/system/keeps.service /var/lib/keeps; userdel anna; setfattr -x user.origin /etc/apache2/apache2.conf; systemctl daemon-reload",
  );
});

test("attributes of configuration and of data come along", async () => {
  for (const path of ["/etc/apache2/apache2.conf", "/var/lib/keeps/file"])
    assert.match(await bed.run("getfattr", "--dump", `${tree("keeps1")}${path}`), /user\.origin="host"/);
});

test("data comes with owners, hard links, links and holes, and without fifos", async () => {
  const found = await bed.run(
    "sh",
    "-c",
    `cd ${tree("keeps1")}/var/lib/keeps && stat -c '%n %u %h %F' * && du -k sparse`,
  );
  assert.match(found, /^file 1234 2 regular file$/m);
  assert.match(found, /^link \d+ 1 symbolic link$/m);
  assert.doesNotMatch(found, /fifo/);
  assert.match(found, /^0\tsparse$/m);
});

// A site in /srv was left behind without a word.
test("what the configuration names in /srv comes along and what it names elsewhere is named; later changes show", async (t) => {
  deleteAfter(t, "shop1");
  const conf = "/etc/apache2/conf-available/shop.conf";
  t.after(() => shell(`rm -rf ${conf} /srv/www/shop /home/shop`));
  const prepare = `set -e; mkdir -p /srv/www/shop/sub /home/shop/www; cd /srv/www/shop; echo one >a; echo two >b; echo three >sub/c
printf 'Alias /shop /srv/www/shop\nAlias /home /home/shop/www\n' >${conf}`;
  assert.equal((await shell(prepare)).stderr, "");
  const made = await bed.try("sandboxcontainer", "create", "shop1", "--unit", "apache2.service", "--copy");
  assert.equal(made.status, 0, made.stderr);
  assert.match(made.stderr, /not copied, .*: \/home\/shop\/www \(\/etc\/apache2\/.*shop\.conf names it\)\. /);
  assert.equal(await bed.run("cat", `${tree("shop1")}/srv/www/shop/sub/c`), "three");
  const differences = async (): Promise<string> =>
    (await bed.run("sandboxcontainer", "diff", "shop1", "/srv/www/shop")).replaceAll(/ +/g, " ");
  assert.equal(await differences(), "");
  await shell(`cd ${tree("shop1")}/srv/www/shop; echo more >>a; echo >new; rm sub/c`);
  assert.equal(
    await differences(),
    [
      ...["INSIDE HOST PATH", "changed (content) - /srv/www/shop/a", "added (file) - /srv/www/shop/new"],
      ...["changed (content) - /srv/www/shop/sub"],
    ].join("\n"),
  );
});

test("whom the service runs as is known inside, and other people are not", async () => {
  assert.match(await bed.run("cat", `${tree("keeps1")}/etc/passwd`), /^anna:x:1234:/m);
});

test("a service that runs while its data is copied is named", async (t) => {
  deleteAfter(t, "keeps2");
  t.after(() => shell("systemctl stop keeps"));
  await bed.run("systemctl", "start", "keeps");
  const { status, stderr } = await bed.try("sandboxcontainer", "create", "keeps2", "--unit", "keeps", "--copy");
  assert.equal(status, 0, stderr);
  assert.match(
    stderr,
    /running services may change their data during the copy: keeps\.service\..*systemctl stop keeps\.service/,
  );
});

test("data that does not fit is refused before anything is copied", async (t) => {
  t.after(() =>
    shell(
      "umount /var/lib/sandboxcontainer; umount /var/lib/keeps/large; rm -rf /var/lib/keeps/large /etc/sandboxcontainer/keeps3.conf; systemctl daemon-reload; systemctl reset-failed sandbox-root@keeps3",
    ),
  );
  const large =
    "mkdir -p /var/lib/keeps/large && mount -t tmpfs -o size=64M x /var/lib/keeps/large && fallocate -l 60M /var/lib/keeps/large/file";
  assert.equal((await shell(large)).stderr, "");
  const small = "mount -t tmpfs -o size=32M x /var/lib/sandboxcontainer";
  assert.equal((await shell(small)).stderr, "");
  await bed.feed(
    "[Sandbox]\nUnit=keeps.service\nCopy=yes\n",
    "sh",
    "-c",
    "cat >/etc/sandboxcontainer/keeps3.conf; systemctl daemon-reload",
  );
  assert.equal((await bed.try("systemctl", "start", "sandbox-root@keeps3")).status, 1);
  await eventually(async () => {
    const said = await bed.journal("--unit=sandbox-root@keeps3", "--lines=20");
    assert.match(said, /the host's data, 6\d\.\d MiB in .*, does not fit: .* has 3\d\.\d MiB left/);
  });
  assert.equal((await shell("ls /var/lib/sandboxcontainer/keeps3/root*")).status, 2);
});
