import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { eventually, type Ran, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { deleteAfter, make, makeSleeper } = useSandboxes(bed);
const state = (name: string): string => `/var/lib/sandboxcontainer/${name}`;
const conf = async (name: string, text: string): Promise<void> => {
  await bed.feed(text, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf; systemctl daemon-reload`);
};
const sizeInside = async (name: string): Promise<number> =>
  Number((await inside(name, "df --output=size --block-size=1M / | tail -n 1")).stdout);
const unitOf = (name: string): string => `var-lib-sandboxcontainer-${name}-image.mount`;

/** Makes a running web server in an image for one test, with a page of its own. */
async function makeSite(t: TestContext, name: string, size: string): Promise<void> {
  await make(t, name, "--unit", "apache2.service", "-i", size, "-p", "8084:80", "--start");
  const put = ["sandboxcontainer", "execute", name, "--", "sh", "-c", "cat > /var/www/html/index.html"];
  assert.equal((await bed.feed("in an image\n", ...put)).status, 0);
}
const assertPage = async (): Promise<void> => {
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8084/"), "in an image");
};
/** Stops a sandbox, and unmounts its image. */
const unmount = (name: string): Promise<string> => bed.run("systemctl", "stop", `sandbox@${name}`, unitOf(name));

test("the root is in an image of that size, sparse, with neither devices nor anything of the host's in it", async (t) => {
  await makeSite(t, "img-1", "64M");
  await assertPage();
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

test("root inside cannot fill more than the image: the error is ENOSPC, and the host's disk has room", async (t) => {
  await makeSite(t, "full", "64M");
  const filled = await inside(
    "full",
    "dd if=/dev/zero of=/var/fill bs=1M; rm /var/tmp/x 2>/dev/null; touch /tmp/still",
  );
  assert.match(filled.stderr, /No space left on device/);
  assert.equal(filled.status, 0);
  assert.ok(Number(await bed.run("stat", "--format=%b", `${state("full")}/root.img`)) * 512 <= 64 * 1024 ** 2);
  assert.ok(Number(await bed.run("sh", "-c", "df --output=avail --block-size=1M /var | tail -n 1")) > 1024);
  assert.equal((await inside("full", "rm /var/fill && touch /var/again")).status, 0);
  await assertPage();
});

// The selinux bed tests this with a running sandbox. A mounted file system needs CAP_SYS_RESOURCE for it, which this
// machine may lack.
test("resize makes it larger, and writes the size into the conf", async (t) => {
  await makeSite(t, "grown", "64M");
  const before = await sizeInside("grown");
  await bed.run("systemctl", "stop", "sandbox@grown");
  await bed.run("sandboxcontainer", "resize", "grown", "128M");
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/grown.conf"), /^Image=128M$/m);
  await bed.run("systemctl", "start", "sandbox@grown");
  assert.ok((await sizeInside("grown")) > before + 50);
  assert.equal((await inside("grown", "dd if=/dev/zero of=/var/large bs=1M count=80 2>/dev/null")).status, 0);
  await assertPage();
});

test("it is not made smaller while it runs, nor smaller than its data; else it is, and keeps them", async (t) => {
  await makeSite(t, "shrunk", "128M");
  assert.equal((await inside("shrunk", "dd if=/dev/zero of=/var/large bs=1M count=80 2>/dev/null")).status, 0);
  oneLine(await command("resize", "shrunk", "64M"), 1, /shrunk is running.*systemctl stop sandbox@shrunk/);
  await bed.run("systemctl", "stop", "sandbox@shrunk");
  oneLine(await command("resize", "shrunk", "64M"), 1, /root\.img: its files need \d+M, which is more than 64M\. /);
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/shrunk.conf"), /^Image=128M$/m);
  await bed.run("systemctl", "start", "sandbox@shrunk");
  assert.equal((await inside("shrunk", "rm /var/large")).status, 0);
  await bed.run("systemctl", "stop", "sandbox@shrunk");
  await bed.run("sandboxcontainer", "resize", "shrunk", "48M");
  assert.equal(await bed.run("stat", "--format=%s", `${state("shrunk")}/root.img`), String(48 * 1024 ** 2));
  assert.doesNotMatch(await bed.run("ls", state("shrunk")), /new/);
  await bed.run("systemctl", "start", "sandbox@shrunk");
  assert.ok((await sizeInside("shrunk")) < 50);
  await assertPage();
});

test("a size that is changed in the conf is told at the next mount, and applied by resize without one", async (t) => {
  await makeSite(t, "changed", "48M");
  await bed.run("sed", "-i", "s/^Image=.*/Image=0.0625G/", "/etc/sandboxcontainer/changed.conf");
  await bed.run("systemctl", "daemon-reload");
  await unmount("changed");
  await bed.run("systemctl", "start", "sandbox@changed");
  await eventually(async () => {
    assert.match(
      await bed.journal("-u", "sandbox-image@changed"),
      /image of changed is 48M, but its conf says Image=64M\. To resize the image: sandboxcontainer resize changed/,
    );
  });
  await bed.run("systemctl", "stop", "sandbox@changed");
  await bed.run("sandboxcontainer", "resize", "changed");
  await bed.run("systemctl", "start", "sandbox@changed");
  assert.ok((await sizeInside("changed")) > 50);
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/changed.conf"), /^Image=0\.0625G$/m);
});

test("a conf that wants more adds it to the image", async (t) => {
  await makeSite(t, "wanting", "64M");
  await bed.run("sed", "-i", "/^Image=/a Package=nginx", "/etc/sandboxcontainer/wanting.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "restart", "sandbox@wanting");
  assert.equal((await inside("wanting", "ls /etc/nginx/nginx.conf")).status, 0);
  await assertPage();
});

test("it comes back after a reboot, mounted once", async (t) => {
  await makeSite(t, "booted", "64M");
  await bed.run("systemctl", "enable", "sandbox@booted");
  await bed.reboot();
  await eventually(async () => {
    await assertPage();
  });
  assert.equal((await bed.run("losetup", "--associated", `${state("booted")}/root.img`)).split("\n").length, 1);
});

test("a size that makes no sense is refused, and nothing is made", async (t) => {
  deleteAfter(t, "refused");
  await makeSleeper(t, "sized-1", "-i", "16M");
  for (const size of ["lots", "-5M", "1K", "0", "20T", "2GB", "1e9"]) {
    const ran = await command("create", "refused", `--imagesize=${size}`, "--", "/usr/bin/true");
    oneLine(ran, 2, /^--imagesize=.*: expected a size from 16M/);
  }
  oneLine(await command("resize", "sized-1", "little"), 2, /`little`: expected a size/);
  oneLine(await command("resize", "sized-2", "64M"), 1, /no sandbox sized-2\. Did you mean `sized-1`\?/);
  assert.equal((await bed.try("sh", "-c", `ls ${state("refused")} /etc/sandboxcontainer/refused.conf`)).stdout, "");
});

test("an image that the disk has no room for is refused, at its making and at a resize", async (t) => {
  deleteAfter(t, "refused");
  await makeSleeper(t, "roomless", "-i", "32M", "--start");
  const ran = await command("create", "refused", "-i", "15T", "--", "/usr/bin/sleep", "infinity");
  assert.equal(ran.status, 1);
  assert.match(
    ran.stderr,
    /image of 15T does not fit into \/var\/lib\/sandboxcontainer\/refused: its disk has .* free/,
  );
  assert.equal((await bed.try("sh", "-c", `ls ${state("refused")} /etc/sandboxcontainer/refused.conf`)).stdout, "");
  oneLine(await command("resize", "roomless", "15T"), 1, /its disk has .* free/);
  assert.match(await bed.run("cat", "/etc/sandboxcontainer/roomless.conf"), /^Image=32M$/m);
  t.after(() => bed.try("sh", "-c", "[ ! -e /usr/sbin/mke2fs.away ] || mv /usr/sbin/mke2fs.away /usr/sbin/mke2fs"));
  await bed.run("mv", "/usr/sbin/mke2fs", "/usr/sbin/mke2fs.away");
  const without = await command("create", "refused", "-i", "32M", "--", "/usr/bin/sleep", "infinity");
  assert.equal(without.status, 1);
  assert.match(without.stderr, /mke2fs, which makes images, is missing.*e2fsprogs/);
});

test("an image too small for its content says so and leaves nothing", async (t) => {
  deleteAfter(t, "refused");
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

test("Image= added to a folder, or taken from an image, is refused with what to do", async (t) => {
  await makeSleeper(t, "folder");
  oneLine(await command("resize", "folder", "64M"), 1, /root of folder is a folder.*clone folder NEW --imagesize/);
  await conf("folder", "[Sandbox]\nExec=/usr/bin/sleep infinity\nImage=64M\n");
  const added = await command("start", "folder");
  assert.equal(added.status, 1);
  assert.match(added.stderr, /the conf of folder has Image=, but its root is a folder\. Remove Image=, or .*clone/);
  await conf("folder", "[Sandbox]\nExec=/usr/bin/sleep infinity\n");
  await bed.run("sandboxcontainer", "start", "folder");
  await makeSleeper(t, "without", "-i", "32M");
  await conf("without", "[Sandbox]\nExec=/usr/bin/sleep infinity\n");
  const taken = await command("start", "without");
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, /its conf no longer has Image=\. Put it back: Image=32M/);
  await conf("without", "[Sandbox]\nExec=/usr/bin/sleep infinity\nImage=32M\n");
  await bed.run("sandboxcontainer", "start", "without");
});

test("a damaged image is checked before it is mounted: small damage is repaired, great damage told", async (t) => {
  t.after(() => bed.try("rm", "-f", "/root/good.img"));
  await makeSleeper(t, "damaged", "-i", "32M", "--start");
  await unmount("damaged");
  const image = `${state("damaged")}/root.img`;
  await bed.run("cp", image, "/root/good.img");
  await bed.run("debugfs", "-w", "-R", "ssv state 2", image);
  await bed.run("sandboxcontainer", "start", "damaged");
  await unmount("damaged");
  await bed.run("dd", "if=/dev/urandom", `of=${image}`, "bs=4k", "count=64", "conv=notrunc");
  const { status, stderr } = await command("start", "damaged");
  assert.equal(status, 1);
  assert.match(stderr, /the image of damaged is damaged: .*\. Repair it with e2fsck -f /);
  assert.match((await bed.try("systemctl", "status", "sandbox@damaged")).stdout, /image of damaged is damaged/);
  await bed.run("cp", "/root/good.img", image);
  await bed.run("sandboxcontainer", "start", "damaged");
});

test("whoever looks into the tree finds it, mounted or not", async (t) => {
  await makeSleeper(t, "looked", "-i", "32M", "--start");
  await unmount("looked");
  assert.match(await bed.run("sandboxcontainer", "why", "looked", "/etc/hostname"), /inside: +unchanged/);
  await bed.run("findmnt", `${state("looked")}/image`);
});

test("delete takes the image, its mount and its loop device", async (t) => {
  // systemd escapes the `-` in the name of the mount.
  const names = ["img-gone", "imggone"];
  for (const name of names) await makeSleeper(t, name, "-i", "32M", "--start");
  await unmount("imggone");
  for (const name of names) await command("delete", "--force", name);
  // Loop devices are the machine's: other beds have some too.
  assert.doesNotMatch(await bed.run("losetup", "--all"), /img-?gone/);
  const left =
    "find /etc/sandboxcontainer /var/lib/sandboxcontainer /run -xdev -name '*img*'; grep img /proc/self/mounts; true";
  assert.equal(await bed.run("sh", "-c", `${left}; systemctl list-units --all --no-legend | grep img; true`), "");
});
