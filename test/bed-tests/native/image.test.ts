import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, type Ran, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const state = (name: string): string => `/var/lib/sandboxcontainer/${name}`;
const conf = async (name: string, text: string): Promise<void> => {
  await bed.feed(text, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf; systemctl daemon-reload`);
};
const sizeInside = async (name: string): Promise<number> =>
  Number((await inside(name, "df --output=size --block-size=1M / | tail -n 1")).stdout);
const names = ["img-1", "img2", "folder", "refused"];

before(async () => {
  await bed.run(
    "sandboxcontainer",
    "create",
    "img-1",
    "--unit",
    "apache2.service",
    "-i",
    "64M",
    "-p",
    "8084:80",
    "--start",
  );
});

after(async () => {
  await bed.try("sh", "-c", "[ ! -e /usr/sbin/mke2fs.away ] || mv /usr/sbin/mke2fs.away /usr/sbin/mke2fs");
  for (const name of names) await command("delete", "--force", name);
});

test("the root is in an image of that size, sparse, with neither devices nor anything of the host's in it", async () => {
  const put = ["sandboxcontainer", "execute", "img-1", "--", "sh", "-c", "cat > /var/www/html/index.html"];
  assert.equal((await bed.feed("in an image\n", ...put)).status, 0);
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8084/"), "in an image");
  assert.equal(await bed.run("stat", "--format=%s", `${state("img-1")}/root.img`), String(64 * 1024 ** 2));
  assert.ok(Number(await bed.run("stat", "--format=%b", `${state("img-1")}/root.img`)) * 512 < 16 * 1024 ** 2);
  assert.match(await bed.run("findmnt", "--noheadings", "-o", "OPTIONS", `${state("img-1")}/image`), /nodev/);
  assert.equal((await inside("img-1", "ls -d /lost+found /root.new* /root/root")).stdout, "");
  const shown = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "img-1")) as {
    image: string;
    root: string;
  };
  assert.deepEqual([shown.image, shown.root], [`${state("img-1")}/root.img`, `${state("img-1")}/image/root`]);
  assert.equal(await bed.run("cat", `${state("img-1")}/root/var/www/html/index.html`), "in an image");
});

test("root inside cannot fill more than the image: the error is ENOSPC, and the host's disk has room", async () => {
  const filled = await inside(
    "img-1",
    "dd if=/dev/zero of=/var/fill bs=1M; rm /var/tmp/x 2>/dev/null; touch /tmp/still",
  );
  assert.match(filled.stderr, /No space left on device/);
  assert.equal(filled.status, 0);
  assert.ok(Number(await bed.run("stat", "--format=%b", `${state("img-1")}/root.img`)) * 512 <= 64 * 1024 ** 2);
  assert.ok(Number(await bed.run("sh", "-c", "df --output=avail --block-size=1M /var | tail -n 1")) > 1024);
  assert.equal((await inside("img-1", "rm /var/fill && touch /var/again")).status, 0);
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8084/"), "in an image");
});

// The selinux bed tests this with a running sandbox. A mounted file system needs CAP_SYS_RESOURCE for it, which this
// machine may lack.
test("resize makes it larger, and writes the size into the conf", async () => {
  const before = await sizeInside("img-1");
  await bed.run("systemctl", "stop", "sandbox@img-1");
  await bed.run("sandboxcontainer", "resize", "img-1", "128M");
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/img-1.conf"), /^Image=128M$/m);
  await bed.run("systemctl", "start", "sandbox@img-1");
  assert.ok((await sizeInside("img-1")) > before + 50);
  assert.equal((await inside("img-1", "dd if=/dev/zero of=/var/large bs=1M count=80 2>/dev/null")).status, 0);
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8084/"), "in an image");
});

test("it is not made smaller while it runs, nor smaller than its data; else it is, and keeps them", async () => {
  oneLine(await command("resize", "img-1", "64M"), 1, /img-1 is running.*systemctl stop sandbox@img-1/);
  await bed.run("systemctl", "stop", "sandbox@img-1");
  oneLine(await command("resize", "img-1", "64M"), 1, /its files need \d+M, and 64M is less\./);
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/img-1.conf"), /^Image=128M$/m);
  await bed.run("systemctl", "start", "sandbox@img-1");
  assert.equal((await inside("img-1", "rm /var/large")).status, 0);
  await bed.run("systemctl", "stop", "sandbox@img-1");
  await bed.run("sandboxcontainer", "resize", "img-1", "48M");
  assert.equal(await bed.run("stat", "--format=%s", `${state("img-1")}/root.img`), String(48 * 1024 ** 2));
  assert.doesNotMatch(await bed.run("ls", state("img-1")), /new/);
  await bed.run("systemctl", "start", "sandbox@img-1");
  assert.ok((await sizeInside("img-1")) < 50);
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8084/"), "in an image");
});

test("a size that is changed in the conf is told at the next mount, and applied by resize without one", async () => {
  await bed.run("sed", "-i", "s/^Image=.*/Image=0.0625G/", "/etc/sandboxcontainer/img-1.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "stop", "sandbox@img-1", "var-lib-sandboxcontainer-img\\x2d1-image.mount");
  await bed.run("systemctl", "start", "sandbox@img-1");
  await eventually(async () => {
    assert.match(
      await bed.journal("-u", "sandbox-image@img-1"),
      /image of img-1 is 48M, but its conf says Image=64M\. To resize the image: sandboxcontainer resize img-1/,
    );
  });
  await bed.run("systemctl", "stop", "sandbox@img-1");
  await bed.run("sandboxcontainer", "resize", "img-1");
  await bed.run("systemctl", "start", "sandbox@img-1");
  assert.ok((await sizeInside("img-1")) > 50);
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/img-1.conf"), /^Image=0\.0625G$/m);
});

test("a conf that wants more adds it to the image", async () => {
  await bed.run("sed", "-i", "/^Image=/a Package=nginx", "/etc/sandboxcontainer/img-1.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "restart", "sandbox@img-1");
  assert.equal((await inside("img-1", "ls /etc/nginx/nginx.conf")).status, 0);
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8084/"), "in an image");
});

test("it comes back after a reboot, mounted once", async () => {
  await bed.run("systemctl", "enable", "sandbox@img-1");
  await bed.reboot();
  await eventually(async () => {
    assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8084/"), "in an image");
  });
  assert.equal((await bed.run("losetup", "--associated", `${state("img-1")}/root.img`)).split("\n").length, 1);
  await bed.run("systemctl", "disable", "sandbox@img-1");
});

test("a size that makes no sense is refused, and nothing is made", async () => {
  for (const size of ["lots", "-5M", "1K", "0", "20T", "2GB", "1e9"]) {
    const ran = await command("create", "refused", `--imagesize=${size}`, "--", "/usr/bin/true");
    oneLine(ran, 2, /^--imagesize=.*: expected a size from 16M/);
  }
  oneLine(await command("resize", "img-1", "little"), 2, /`little`: expected a size/);
  oneLine(await command("resize", "img-2", "64M"), 1, /no sandbox img-2\. Did you mean `img-1`\?/);
  assert.equal((await bed.try("sh", "-c", `ls ${state("refused")} /etc/sandboxcontainer/refused.conf`)).stdout, "");
});

test("an image that the disk has no room for is refused, at its making and at a resize", async () => {
  const ran = await command("create", "refused", "-i", "15T", "--", "/usr/bin/sleep", "infinity");
  assert.equal(ran.status, 1);
  assert.match(
    ran.stderr,
    /image of 15T does not fit into \/var\/lib\/sandboxcontainer\/refused: its disk has .* free/,
  );
  assert.equal((await bed.try("sh", "-c", `ls ${state("refused")} /etc/sandboxcontainer/refused.conf`)).stdout, "");
  oneLine(await command("resize", "img-1", "15T"), 1, /its disk has .* free/);
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/img-1.conf"), /^Image=0\.0625G$/m);
  await bed.run("mv", "/usr/sbin/mke2fs", "/usr/sbin/mke2fs.away");
  const without = await command("create", "refused", "-i", "32M", "--", "/usr/bin/sleep", "infinity");
  await bed.run("mv", "/usr/sbin/mke2fs.away", "/usr/sbin/mke2fs");
  assert.equal(without.status, 1);
  assert.match(without.stderr, /mke2fs, which makes images, is missing.*e2fsprogs/);
});

test("an image too small for its content says so and leaves nothing", async () => {
  const create = (...words: readonly string[]) => command("create", "refused", "-i", "16M", "-u", "apache2", ...words);
  const refused = async (ran: Ran, text: RegExp): Promise<void> => {
    assert.equal(ran.status, 1, ran.stderr);
    assert.match(ran.stderr, text);
    assert.equal((await bed.try("sh", "-c", `ls ${state("refused")} /etc/sandboxcontainer/refused.conf`)).stdout, "");
    assert.doesNotMatch(await bed.run("losetup", "--all"), /refused/);
  };
  await refused(
    await create("--copy", "-P", "selinux-policy-default"),
    /the host's data, .* does not fit: .*refused\/image has .* left\. Make the image larger/,
  );
  await bed.run("sh", "-c", "head -c 20000000 /dev/urandom > /etc/apache2/large");
  try {
    await refused(await create(), /no space left for the root of refused\. Make the image larger/);
  } finally {
    await bed.run("rm", "/etc/apache2/large");
  }
});

test("Image= added to a folder, or taken from an image, is refused with what to do", async () => {
  await bed.run("sandboxcontainer", "create", "folder", "--", "/usr/bin/sleep", "infinity");
  oneLine(await command("resize", "folder", "64M"), 1, /root of folder is a folder.*clone folder NEW --imagesize/);
  await conf("folder", "[Sandbox]\nExec=/usr/bin/sleep infinity\nImage=64M\n");
  const added = await command("start", "folder");
  assert.equal(added.status, 1);
  assert.match(added.stderr, /the conf of folder has Image=, but its root is a folder\. Remove Image=, or .*clone/);
  await conf("folder", "[Sandbox]\nExec=/usr/bin/sleep infinity\n");
  await bed.run("sandboxcontainer", "start", "folder");
  await bed.run("sandboxcontainer", "create", "img2", "-i", "32M", "--", "/usr/bin/sleep", "infinity");
  await conf("img2", "[Sandbox]\nExec=/usr/bin/sleep infinity\n");
  const taken = await command("start", "img2");
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, /its conf no longer has Image=\. Put it back: Image=32M/);
  await conf("img2", "[Sandbox]\nExec=/usr/bin/sleep infinity\nImage=32M\n");
  await bed.run("sandboxcontainer", "start", "img2");
});

test("a damaged image is checked before it is mounted: small damage is repaired, great damage told", async () => {
  await bed.run("systemctl", "stop", "sandbox@img2", "var-lib-sandboxcontainer-img2-image.mount");
  const image = `${state("img2")}/root.img`;
  await bed.run("cp", image, "/root/good.img");
  await bed.run("debugfs", "-w", "-R", "ssv state 2", image);
  await bed.run("sandboxcontainer", "start", "img2");
  await bed.run("systemctl", "stop", "sandbox@img2", "var-lib-sandboxcontainer-img2-image.mount");
  await bed.run("dd", "if=/dev/urandom", `of=${image}`, "bs=4k", "count=64", "conv=notrunc");
  const { status, stderr } = await command("start", "img2");
  assert.equal(status, 1);
  assert.match(stderr, /the image of img2 is damaged: .*\. Repair it with e2fsck -f /);
  assert.match((await bed.try("systemctl", "status", "sandbox@img2")).stdout, /image of img2 is damaged/);
  await bed.run("cp", "/root/good.img", image);
  await bed.run("rm", "/root/good.img");
  await bed.run("sandboxcontainer", "start", "img2");
});

test("whoever looks into the tree finds it, mounted or not", async () => {
  await bed.run("systemctl", "stop", "sandbox@img2", "var-lib-sandboxcontainer-img2-image.mount");
  assert.match(await bed.run("sandboxcontainer", "why", "img2", "/etc/hostname"), /inside: +unchanged/);
  await bed.run("findmnt", `${state("img2")}/image`);
});

test("delete takes the image, its mount and its loop device", async () => {
  for (const name of names) await command("delete", "--force", name);
  assert.doesNotMatch(await bed.run("losetup", "--all"), /img/);
  const left =
    "find /etc/sandboxcontainer /var/lib/sandboxcontainer /run -xdev -name '*img*'; grep img /proc/self/mounts; true";
  assert.equal(await bed.run("sh", "-c", `${left}; systemctl list-units --all --no-legend | grep img; true`), "");
});
