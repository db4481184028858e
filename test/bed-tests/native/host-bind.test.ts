import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter, make } = useSandboxes(bed);
const inside = (name: string, script: string): Promise<string> =>
  bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const host = (script: string): Promise<string> => bed.run("sh", "-c", script);
const start = (name: string): Promise<Ran> =>
  bed.try("sh", "-c", `systemctl reset-failed sandbox@${name}; systemctl restart sandbox@${name}`);
const whyNot = (name: string): Promise<string> =>
  bed.journal("--since=-1min", "--priority=err", "--unit", `sandbox@${name}`);

// Everybody can pass through this folder.
const top = "/srv/host-bind";
const closed = "/root/host-bind";
const sleep = ["--", "/usr/bin/sleep", "infinity"];
/** Makes a sandbox for one test, and starts it. */
const makeStarted = (t: TestContext, name: string, mount: string): Promise<void> =>
  make(t, name, "-m", mount, "--start", ...sleep);

/** As root inside, leaves a program with the set-user-id bit at a path inside. */
const leaveProgram = (name: string, path: string): Promise<string> =>
  inside(name, `cp /usr/bin/id ${path} && chown 0:0 ${path} && chmod 4755 ${path}`);
/** Makes a folder on the host, and a sandbox for one test whose root has left such a program in it. */
async function makeAbused(t: TestContext, name: string, folder: string): Promise<void> {
  await host(`mkdir ${folder}; echo mine > ${folder}/mark`);
  await makeStarted(t, name, `host-bind:/srv/shared=${folder}`);
  assert.equal(await inside(name, "cat /srv/shared/mark"), "mine");
  await leaveProgram(name, "/srv/shared/id");
}
/** Tells which user an ordinary user of the host becomes by running that program. */
const whoBecomes = (path: string): Promise<string> =>
  bed.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", path, "-u");
/** Lists the mounts on a path, each with its options. */
const mountsOn = async (path: string): Promise<readonly string[]> =>
  (await host(`awk -v at=${path} '$5 == at { print $6 }' /proc/self/mountinfo`)).split("\n").filter(Boolean);

// Each test uses folders of its own here.
before(async () => {
  await host(`mkdir -p ${top} ${closed}`);
});

after(async () => {
  await bed.try("sh", "-c", `umount ${top}/*; umount ${top}/*/*; rm -rf ${top} ${closed}`);
});

// A7: a folder on the way belongs to a user who replaces it with a link.
test("a source that has become a link is refused, with the place, and what to write instead", async (t) => {
  await host(`mkdir -p ${top}/swapped/www`);
  await makeStarted(t, "bound", `host-bind:/srv/bound=${top}/swapped/www`);
  await host(`umount ${top}/swapped/www; mv ${top}/swapped ${top}/kept; mkdir ${top}/evil; ln -s /etc ${top}/evil/www`);
  await host(`ln -s evil ${top}/swapped`);
  assert.notEqual((await start("bound")).status, 0);
  assert.match(await whyNot("bound"), /\/srv\/host-bind\/swapped is a link to evil/);
  await host(`rm ${top}/swapped; mv ${top}/evil ${top}/swapped`);
  assert.notEqual((await start("bound")).status, 0);
  assert.match(await whyNot("bound"), /\/srv\/host-bind\/swapped\/www is a link to \/etc/);
  await host(`rm ${top}/swapped/www; touch ${top}/swapped/www`);
  assert.notEqual((await start("bound")).status, 0);
  assert.match(await whyNot("bound"), /\/srv\/host-bind\/swapped\/www is not a folder/);
  await host(`rm ${top}/swapped/www; mkdir ${top}/swapped/www`);
  assert.equal((await start("bound")).status, 0);
});

// A7: the check and the mount use the same folder.
for (const kind of ["host-bind", "host-bind,suid"]) {
  test(`while somebody swaps the source of ${kind} for a link, the target of the link is never inside`, async (t) => {
    await host(`mkdir -p ${top}/race/www && cd ${top}/race && touch www/mine && ln -sfn /etc link`);
    await makeStarted(t, "raced", `${kind}:/srv/raced=${top}/race/www`);
    t.after(() => host(`umount ${top}/race/* 2>/dev/null; rm -rf ${top}/race`));
    await bed.run("systemctl", "stop", "sandbox@raced");
    // A mount point cannot be renamed.
    const swap = `cd ${top}/race; while :; do mv --exchange -T www link 2>/dev/null || umount ${top}/race/www; done`;
    await bed.run("systemd-run", "--quiet", "--unit=host-bind-race", "sh", "-c", swap);
    const seen: string[] = [];
    try {
      // We repeat this until we have seen both. On a busy host the swaps have another pace.
      const hasBoth = (): boolean => seen.includes("mine") && seen.includes("refused");
      for (let round = 0; round < 20 || (!hasBoth() && round < 200); round++) {
        const started = await start("raced");
        seen.push(started.status === 0 ? await inside("raced", "ls -A /srv/raced") : "refused");
      }
    } finally {
      await bed.run("systemctl", "stop", "host-bind-race");
    }
    const strange = seen.filter((each) => each !== "mine" && each !== "refused");
    assert.deepEqual(strange, []);
    assert.ok(seen.includes("mine") && seen.includes("refused"), seen.join());
  });
}

// A7: systemd mounts an image by its path.
test("an image that has become a link, or is none, is refused", async (t) => {
  await host(`mkdir ${top}/images; cd ${top}/images; truncate -s 16M real; mkfs.ext4 -q real; cp real image`);
  await makeStarted(t, "pictures", `host-image:/srv/image=${top}/images/image`);
  await inside("pictures", "touch /srv/image/there");
  await bed.run("systemctl", "stop", "sandbox@pictures");
  for (const [wrong, told] of [
    ["ln -s real image", /image is a link to real/],
    ["mkfifo image", /image is not a file/],
    ["mkdir image", /image is not a file/],
  ] as const) {
    await host(`cd ${top}/images; rm -rf old; mv image old; ${wrong}`);
    assert.notEqual((await start("pictures")).status, 0, wrong);
    assert.match(await whyNot("pictures"), told);
    await host(`cd ${top}/images; rm -rf image; mv old image`);
  }
  assert.equal((await start("pictures")).status, 0);
  assert.match(await inside("pictures", "ls /srv/image"), /there/);
  await bed.run("systemctl", "stop", "sandbox@pictures");
  assert.equal(await bed.run("losetup", "--associated", `${top}/images/image`), "");
  assert.equal(
    (await bed.try("findmnt", "--raw", "--noheadings", "--output=TARGET")).stdout.includes("pictures"),
    false,
  );
});

// A2: id 0 inside is id 0 on disk.
test("a set-user-id file that root inside leaves does nothing for users of the host", async (t) => {
  await makeAbused(t, "shut", `${top}/a`);
  assert.equal(await whoBecomes(`${top}/a/id`), "65534");
  // A command does not have this right by default; a unit does.
  await bed.run("sandboxcontainer", "set", "shut", "Capabilities=+CAP_SETFCAP");
  assert.equal((await start("shut")).status, 0);
  await inside("shut", "cp /usr/bin/setpriv /srv/shared/caps; setcap cap_setuid+ep /srv/shared/caps");
  assert.match(await host(`getcap ${top}/a/caps`), /cap_setuid/);
  const become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", `${top}/a/caps`, "--reuid=0", "true"];
  assert.notEqual((await bed.try(...become)).status, 0);
});

// A2
test("such a file does nothing after the next start, while the sandbox is stopped, and after a reboot; there is one mount for it", async (t) => {
  await makeAbused(t, "again", `${top}/again`);
  assert.equal((await start("again")).status, 0);
  assert.equal((await start("again")).status, 0);
  await bed.run("systemctl", "stop", "sandbox@again");
  const mounts = await mountsOn(`${top}/again`);
  assert.equal(mounts.length, 1);
  assert.match(mounts[0] ?? "", /nosuid,nodev/);
  assert.equal(await whoBecomes(`${top}/again/id`), "65534");
  // The guard must exist before anybody can log in, so it must not need the sandbox's conf.
  await bed.run("rm", "-rf", `${top}/gone`);
  await host(`echo ${top}/gone >> /var/lib/sandboxcontainer/again/guarded`);
  await bed.reboot();
  assert.equal((await mountsOn(`${top}/again`)).length, 1);
  assert.equal(await whoBecomes(`${top}/again/id`), "65534");
  assert.equal(await bed.run("systemctl", "show", "--value", "-p", "Result", "sandboxcontainer-guard"), "success");
  assert.match(
    await bed.journal("--since=-1min", "--unit=sandboxcontainer-guard"),
    /there is no \/srv\/host-bind\/gone/,
  );
  await bed.run("systemctl", "start", "sandbox@again");
  assert.equal((await mountsOn(`${top}/again`)).length, 1);
});

// A2
test("two that start at once with one source make one mount", async (t) => {
  await host(`mkdir ${top}/both`);
  for (const name of ["both1", "both2"]) await make(t, name, "-m", `host-bind:/srv/x=${top}/both`, ...sleep);
  await bed.run("systemctl", "start", "sandbox@both1", "sandbox@both2");
  assert.equal((await mountsOn(`${top}/both`)).length, 1);
  await inside("both1", "echo shared > /srv/x/file");
  assert.equal(await inside("both2", "cat /srv/x/file"), "shared");
});

// A2
test("what is mounted below the source stays where it is for the host", async (t) => {
  await host(`mkdir -p ${top}/deep/disk; mount -t tmpfs disk ${top}/deep/disk; touch ${top}/deep/disk/file`);
  await makeStarted(t, "deep", `host-bind:/srv/deep=${top}/deep`);
  assert.equal(await host(`ls ${top}/deep/disk`), "file");
  await bed.run("umount", `${top}/deep/disk`);
  assert.equal(await host(`ls ${top}/deep/disk`), "");
});

// A2
test("who asks for it has set-user-id files that work on the host, and is told what that gives up", async (t) => {
  await host(`mkdir ${top}/b`);
  await makeStarted(t, "open", `host-bind,suid:/srv/open=${top}/b`);
  await leaveProgram("open", "/srv/open/id");
  assert.deepEqual(await mountsOn(`${top}/b`), []);
  assert.equal(await whoBecomes(`${top}/b/id`), "0");
  assert.match((await command("verify", "open")).stdout, /Mount=host-bind,suid gives up a wall/);
  // Now back again: from the next start on, the program that it left has no effect.
  await bed.run("sandboxcontainer", "set", "open", `Mount=host-bind:/srv/open=${top}/b`);
  assert.equal((await start("open")).status, 0);
  assert.equal(await whoBecomes(`${top}/b/id`), "65534");
});

// A2
test("a source that only root can reach needs no mount", async (t) => {
  await host(`mkdir ${closed}/a`);
  await makeStarted(t, "hidden", `host-bind:/srv/a=${closed}/a`);
  await inside("hidden", "chmod 777 /srv/a; touch /srv/a/new");
  assert.deepEqual(await mountsOn(`${closed}/a`), []);
  await bed.run("test", "-e", `${closed}/a/new`);
});

// A2: a user who can move the folder away takes it out of the mount after a reboot.
test("a source that a user of the host could move is refused, unless its whole file system is mounted so", async (t) => {
  await host(`mkdir -p ${top}/free/www; chmod 1777 ${top}/free`);
  deleteAfter(t, "anna");
  const mount = `host-bind:/srv/x=${top}/free/www`;
  const { status, stderr } = await command("create", "anna", "-m", mount, "--start", ...sleep);
  assert.equal(status, 1);
  assert.match(stderr, /users other than root can move \S+\/free\/www, because they can write to \S+\/free\./);
  assert.deepEqual(await mountsOn(`${top}/free/www`), []);
  await host(`mount -t tmpfs -o nosuid,nodev free ${top}/free; mkdir ${top}/free/www`);
  assert.equal((await start("anna")).status, 0);
  await leaveProgram("anna", "/srv/x/id");
  assert.equal(await whoBecomes(`${top}/free/www/id`), "65534");
});

// A2: a folder that was guarded before stays guarded.
test("a source that becomes movable is guarded, and a start is refused all the same", async (t) => {
  await host(`mkdir -p ${top}/later/www`);
  await makeStarted(t, "later", `host-bind:/srv/x=${top}/later/www`);
  await leaveProgram("later", "/srv/x/id");
  await bed.run("systemctl", "stop", "sandbox@later");
  await host(`umount ${top}/later/www; chown 65534 ${top}/later`);
  assert.notEqual((await start("later")).status, 0);
  assert.match(await whyNot("later"), /because they can write to \S+\/later\./);
  assert.equal(await whoBecomes(`${top}/later/www/id`), "65534");
});

// A2
test("delete tells of what was left, and what to do", async (t) => {
  await makeAbused(t, "leaver", `${top}/left`);
  const { status, stderr } = await command("delete", "--force", "leaver");
  assert.equal(status, 0);
  assert.match(stderr, /\/srv\/host-bind\/left\/id[^]*until the next boot[^]*find '\/srv\/host-bind\/left' -xdev/);
  assert.equal(await whoBecomes(`${top}/left/id`), "65534");
});
