import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { eventually, type Ran, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter, make } = useSandboxes(bed);
const inside = (name: string, script: string): Promise<string> =>
  bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const sleep = ["--", "/usr/bin/sleep", "infinity"];

/** Makes a folder on the host for one test. The script runs in it. */
async function makeFolder(t: TestContext, folder: string, script: string): Promise<void> {
  t.after(() => bed.try("rm", "-rf", folder));
  await bed.run("sh", "-c", `mkdir -p ${folder} && cd ${folder} && ${script}`);
}

test("all kinds of mounts are there, are written through, and stay where they should", async (t) => {
  deleteAfter(t, "opt");
  const folder = "/root/all-mounts";
  await makeFolder(t, folder, "mkdir bound; echo host > bound/file; truncate -s 16M image; mkfs.ext4 -q image");
  const mounts = [
    `host-bind:/srv/bound=${folder}/bound`,
    `host-image:/srv/image=${folder}/image`,
    "guest-bind:/srv/same=/var/lib/own data",
    "ram:/srv/ram=1M",
  ];
  await bed.run("sandboxcontainer", "create", "opt", ...mounts.flatMap((mount) => ["-m", mount]), "--start", ...sleep);
  assert.equal(await inside("opt", "cat /srv/bound/file"), "host");
  await inside("opt", "for kind in bound image same ram; do echo inside > /srv/$kind/new; done");
  assert.equal(await inside("opt", "cat '/var/lib/own data/new'"), "inside");
  assert.equal(await bed.run("stat", "-c", "%u", `${folder}/bound/new`), "0");
  assert.match(await inside("opt", "head -c 2M /dev/zero > /srv/ram/much; stat -c %s /srv/ram/much"), /^10\d{5}$/);
  const left = await inside("opt", "grep -c ' /srv/' /proc/mounts");
  assert.equal(left, "4");
  await bed.run("systemctl", "restart", "sandbox@opt");
  assert.equal(await inside("opt", "cat /srv/image/new /srv/same/new"), "inside\ninside");
  assert.equal((await command("execute", "opt", "--", "test", "-e", "/srv/ram/new")).status, 1);
  await bed.run("systemctl", "stop", "sandbox@opt");
  assert.equal(await bed.run("losetup", "--associated", `${folder}/image`), "");
  assert.equal(await bed.run("debugfs", "-R", "cat /new", `${folder}/image`), "inside");
});

for (const [way, path] of [
  ["source", "/var/lib/own data"],
  ["target", "/srv/a/same"],
  ["target's parent", "/srv/a"],
] as const)
  test(`no link that root inside left in place of a mount's ${way} is followed inside`, async (t) => {
    await make(t, "opt-link", "-m", "guest-bind:/srv/a/same=/var/lib/own data", "--start", ...sleep);
    // libvirt gives the host's root the name /.oldroot while it builds a container.
    for (const target of ["/.oldroot", "/usr/libexec/sandboxcontainer/inside", "/sys/fs/cgroup", "/"]) {
      await bed.run("sandboxcontainer", "stop", "opt-link");
      const root = "/var/lib/sandboxcontainer/opt-link/root";
      await bed.run("sh", "-c", `cd ${root} && rm -rf './${path}' && ln -s ${target} './${path}'`);
      const { status, stderr } = await command("start", "opt-link");
      assert.equal(status, 1, target);
      assert.match(stderr, new RegExp(`Mount=guest-bind: ${path} inside is a link\\. Remove it, or name the folder`));
      await bed.run("sh", "-c", `cd ${root} && rm './${path}' && systemctl reset-failed sandbox@opt-link`);
      await bed.run("sandboxcontainer", "start", "opt-link");
    }
  });

test("no link that root inside left in place of a mount of the host is followed", async (t) => {
  const folder = "/root/led-away";
  await makeFolder(t, folder, "true");
  await make(t, "opt-link2", "-m", `host-bind:/data/www=${folder}`, "--start", ...sleep);
  const inner = "/usr/libexec/sandboxcontainer/inside";
  await inside("opt-link2", `mv /data /old && mkdir /data && ln -s ${inner} /data/www && cp -r ${inner}/* /old/www/`);
  await bed.run("sandboxcontainer", "stop", "opt-link2");
  const { status, stderr } = await command("start", "opt-link2");
  assert.equal(status, 1);
  assert.match(stderr, /nothing is mounted on \/data\/www in opt-link2: \/data\/www inside is a link to/);
  await bed.run("rm", "/var/lib/sandboxcontainer/opt-link2/root/data/www");
  await bed.run("sandboxcontainer", "start", "opt-link2");
});

test("what covers a folder of /usr can be written, and nothing there is run or mapped", async (t) => {
  const covered = "/usr/lib/opt-covered/cache";
  await bed.run("mkdir", "-p", covered);
  t.after(() => bed.run("rmdir", "-p", "--ignore-fail-on-non-empty", covered));
  await make(t, "opt-cover", "-m", `guest-bind:${covered}=/srv/cache`, "--start", ...sleep);
  assert.equal(await inside("opt-cover", `cp /usr/bin/true ${covered}/ && ls /srv/cache`), "true");
  assert.equal((await command("execute", "opt-cover", "--", `${covered}/true`)).status, 126);
  assert.match(await inside("opt-cover", "cat /proc/mounts"), new RegExp(`${covered} .*noexec`));
});

test("a mount that cannot be is told: at once what is wrong in itself, at the start what is not there", async (t) => {
  deleteAfter(t, "opt2");
  const folder = "/root/no-mounts";
  await makeFolder(t, folder, "head -c 100000 /dev/zero > empty");
  const create = (mount: string, ...more: readonly string[]): Promise<Ran> =>
    command("create", "opt2", "-m", mount, ...more, ...sleep);
  for (const [mount, told] of [
    ["guest:/srv=/x", /^--mount=guest:\/srv=\/x: expected host-bind:/],
    ["host-bind:/usr/lib/x=/srv", /nothing can be mounted on/],
    ["guest-bind:/srv=/srv", /\/srv cannot be mounted on itself/],
    ["ram:/srv=much", /expected a size/],
  ] as const) {
    const { status, stderr } = await create(mount);
    assert.equal(status, 2, mount);
    assert.match(stderr, told);
  }
  for (const mount of [`host-image:/srv=${folder}/none`, `host-image:/srv=${folder}/empty`, "host-bind:/srv=/none"]) {
    const { status, stderr } = await create(mount, "--start");
    assert.equal(status, 1, mount);
    assert.match(stderr, /sandbox opt2 was made, but does not start[^]*mount[^]*(none|empty)/, mount);
    const log = await bed.run("journalctl", "--output=cat", "--no-pager", "-u", "sandbox@opt2");
    assert.doesNotMatch(log, /Terminated|Killing|virsh/);
    await bed.run("sandboxcontainer", "delete", "--force", "opt2");
  }
  assert.doesNotMatch(await bed.run("losetup", "--list", "--noheadings"), /empty/);
});

test("a command runs as the user, with the group and the home that virt-sandbox-service's options name", async (t) => {
  const script = ["--", "/bin/sh", "-c", "id -un; id -gn; echo $HOME; sleep infinity"];
  for (const [name, user] of [
    ["opt-u", "-U"],
    ["opt-n", "--username"],
  ] as const) {
    const options = [user, "www-data", "-G", "games", "--homedir", "/srv"];
    await make(t, name, ...options, "--start", ...script);
    await eventually(async () => {
      const log = await bed.run("journalctl", "--output=cat", "-u", `sandbox@${name}`);
      // In between, systemd logs that it started.
      assert.match(log, /^www-data$[^]*^games$[^]*^\/srv$/m);
    });
  }
});

test("further packages, the type of files and the label are settings of the conf", async (t) => {
  const options = ["-P", "nginx-common", "-f", "httpd_sys_content_t", "-s", "none", "-N", "none", "-u", "apache2"];
  await make(t, "opt-unit", ...options);
  const conf = await bed.run("grep", "=", "/etc/sandboxcontainer/opt-unit.conf");
  for (const line of ["Package=nginx-common", "FileType=httpd_sys_content_t", "Label=none"])
    assert.ok(conf.split("\n").includes(line), conf);
  await bed.run("test", "-e", "/var/lib/sandboxcontainer/opt-unit/root/etc/nginx/nginx.conf");
});

test("--set gives any setting, and a wrong one makes nothing", async (t) => {
  deleteAfter(t, "opt-set");
  const create = (...words: readonly string[]): Promise<Ran> =>
    bed.try("sandboxcontainer", "create", "opt-set", ...words.flatMap((word) => ["--set", word]), ...sleep);
  const wrong = await create("Publish=lots");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /Publish=lots/);
  assert.match((await create("MemoryMex=1G")).stderr, /Did you mean MemoryMax=\?/);
  assert.equal((await bed.try("ls", "/etc/sandboxcontainer/opt-set.conf")).status, 2);
  assert.equal((await create("MemoryMax=1G", "Publish=8119:80", "Publish=8120:80", "Restart=no")).status, 0);
  const conf = await bed.run("cat", "/etc/sandboxcontainer/opt-set.conf");
  assert.match(conf, /\[Network\]\nPublish=8119:80\nPublish=8120:80\n/);
  assert.match(conf, /\[Resources\]\nMemoryMax=1G\n/);
  assert.match(conf, /\[Service\]\nRestart=no/);
});
