import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, type Ran, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const inside = (script: string): Promise<string> =>
  bed.run("sandboxcontainer", "execute", "opt", "--", "sh", "-c", script);
const folder = "/root/create-options";
const host = (script: string): Promise<string> => bed.run("sh", "-c", `cd ${folder}; ${script}`);
const names = ["opt", "opt2", "opt-u", "opt-n", "opt-unit"];
const sleep = ["--", "/usr/bin/sleep", "infinity"];

before(async () => {
  await bed.run("mkdir", "-p", `${folder}/bound`);
  await host("echo host > bound/file; truncate -s 16M image; mkfs.ext4 -q image; head -c 100000 /dev/zero > empty");
});

after(async () => {
  for (const name of names) await command("delete", "--force", name);
  await bed.run("rm", "-rf", folder);
});

test("all kinds of mounts are there, are written through, and stay where they should", async () => {
  const mounts = [
    `host-bind:/srv/bound=${folder}/bound`,
    `host-image:/srv/image=${folder}/image`,
    "guest-bind:/srv/same=/var/lib/own data",
    "ram:/srv/ram=1M",
  ];
  await bed.run("sandboxcontainer", "create", "opt", ...mounts.flatMap((mount) => ["-m", mount]), "--start", ...sleep);
  assert.equal(await inside("cat /srv/bound/file"), "host");
  await inside("for kind in bound image same ram; do echo inside > /srv/$kind/new; done");
  assert.equal(await inside("cat '/var/lib/own data/new'"), "inside");
  assert.equal(await host("stat -c %u bound/new"), "0");
  assert.match(await inside("head -c 2M /dev/zero > /srv/ram/much; stat -c %s /srv/ram/much"), /^10\d{5}$/);
  const left = await inside("grep -c ' /srv/' /proc/mounts");
  assert.equal(left, "4");
  await bed.run("systemctl", "restart", "sandbox@opt");
  assert.equal(await inside("cat /srv/image/new /srv/same/new"), "inside\ninside");
  assert.equal((await command("execute", "opt", "--", "test", "-e", "/srv/ram/new")).status, 1);
  await bed.run("systemctl", "stop", "sandbox@opt");
  assert.equal(await bed.run("losetup", "--associated", `${folder}/image`), "");
  assert.equal(await host("debugfs -R 'cat /new' image 2>/dev/null"), "inside");
});

test("a link that root inside left in the way of a mount leads nowhere on the host", async () => {
  await bed.run("systemctl", "start", "sandbox@opt");
  // libvirt gives the host's root this name while it builds a container.
  await inside("umount /srv/same 2>/dev/null; rm -r '/var/lib/own data'; ln -s /.oldroot '/var/lib/own data'");
  await bed.run("systemctl", "restart", "sandbox@opt");
  assert.equal(await inside("ls -A /.oldroot 2>/dev/null; ls -A /srv/same; test -L '/var/lib/own data'"), "");
});

test("a mount that cannot be is told: at once what is wrong in itself, at the start what is not there", async () => {
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

test("a command runs as the user, with the group and the home that virt-sandbox-service's options name", async () => {
  const script = ["--", "/bin/sh", "-c", "id -un; id -gn; echo $HOME; sleep infinity"];
  for (const [name, user] of [
    ["opt-u", "-U"],
    ["opt-n", "--username"],
  ] as const) {
    const options = [user, "www-data", "-G", "games", "--homedir", "/srv"];
    await bed.run("sandboxcontainer", "create", name, ...options, "--start", ...script);
    await eventually(async () => {
      const log = await bed.run("journalctl", "--output=cat", "-u", `sandbox@${name}`);
      // In between, systemd logs that it started.
      assert.match(log, /^www-data$[^]*^games$[^]*^\/srv$/m);
    });
  }
});

test("further packages, the type of files and the label are settings of the conf", async () => {
  const options = ["-P", "nginx-common", "-f", "httpd_sys_content_t", "-s", "none", "-N", "none", "-u", "apache2"];
  await bed.run("sandboxcontainer", "create", "opt-unit", ...options);
  const conf = await bed.run("grep", "=", "/etc/sandboxcontainer/opt-unit.conf");
  for (const line of ["Package=nginx-common", "FileType=httpd_sys_content_t", "Label=none"])
    assert.ok(conf.split("\n").includes(line), conf);
  await bed.run("test", "-e", "/var/lib/sandboxcontainer/opt-unit/root/etc/nginx/nginx.conf");
});
