import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const inside = (name: string, script: string) => bed.try("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const levelOf = async (name: string): Promise<string> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { level: string }).level;
const contextOf = (path: string): Promise<string> => bed.run("stat", "--format=%C", path);
const content = (level: string): string => `system_u:object_r:sandboxcontainer_file_t:${level}`;
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;
const start = (name: string): Promise<string> =>
  bed.run("sandboxcontainer", "create", name, "-i", "48M", "--start", "--", "/usr/bin/sleep", "infinity");

/** Asks the kernel for its decision, including the categories: selinuxfs, security_compute_av(3). */
async function mayRead(process: string, file: string): Promise<boolean> {
  const script = `
import os
at = "/sys/fs/selinux/"
index = open(at + "class/file/index").read()
bit = int(open(at + "class/file/perms/read").read()) - 1
fd = os.open(at + "access", os.O_RDWR)
os.write(fd, b"${process} ${file} " + index.encode())
print(int(os.read(fd, 4096).split()[0], 16) >> bit & 1)`;
  return (await bed.run("python3", "-c", script)) === "1";
}

let mark: string;

before(async () => {
  assert.equal(await bed.run("getenforce"), "Enforcing");
  mark = await markDenials(bed);
  // Tests only read this one, or write to files of their own.
  await start("image");
});

after(() => bed.try("sandboxcontainer", "delete", "--force", "image"));

test("what is in an image has the sandbox's level, what is beside the tree is the host's", async () => {
  const level = await levelOf("image");
  assert.equal((await inside("image", "echo x > /srv/file; stat --format=%C /srv/file")).stdout.trim(), content(level));
  assert.equal(await contextOf(`${tree("image")}/etc/passwd`), content(level));
  for (const path of ["root.img", "image", "image/lost+found"])
    assert.match(
      await contextOf(`/var/lib/sandboxcontainer/image/${path}`),
      /:(sandboxcontainer_var_lib_t|unlabeled_t):s0$/,
    );
  assert.match(await contextOf("/var/lib/sandboxcontainer/image/image"), /:sandboxcontainer_var_lib_t:s0$/);
});

test("what is in a file system of the host, and in a folder that is at two paths, has the sandbox's level", async (context) => {
  const disk = "/srv/keep-disk.img";
  deleteAfter(context, bed, "mounts");
  context.after(() => bed.run("rm", "-f", disk));
  await bed.run("sh", "-c", `truncate -s 8M ${disk}; mkfs.ext4 -q ${disk}; chcon -t mount_loopback_t ${disk}`);
  const mounts = ["-m", `host-image:/srv/disk=${disk}`, "-m", "guest-bind:/srv/same=/var/lib/own"];
  await bed.run("sandboxcontainer", "create", "mounts", ...mounts, "--start", "--", "/usr/bin/sleep", "infinity");
  const level = await levelOf("mounts");
  for (const folder of ["/srv/disk", "/srv/same"]) {
    const { stdout, stderr } = await inside("mounts", `echo x > ${folder}/new && stat --format=%C ${folder}/new`);
    assert.equal(stdout.trim(), content(level), stderr);
  }
  assert.match((await inside("mounts", "cat /var/lib/own/new; grep /srv/disk /proc/mounts")).stdout, /^x\n.*\bnodev\b/);
});

test("a full image is ENOSPC inside, and it grows while the sandbox runs", async (context) => {
  deleteAfter(context, bed, "full");
  await start("full");
  assert.match((await inside("full", "dd if=/dev/zero of=/srv/fill bs=1M")).stderr, /No space left on device/);
  await bed.run("sandboxcontainer", "resize", "full", "80M");
  assert.equal(
    (await inside("full", "dd if=/dev/zero of=/srv/more bs=1M count=24 2>&1 && rm /srv/fill /srv/more")).status,
    0,
  );
});

test("a clone has another level and its tree with it: neither may read the other", async (context) => {
  deleteAfter(context, bed, "image-b");
  await inside("image", "echo x > /srv/cloned");
  await bed.run("sandboxcontainer", "clone", "image", "image-b", "--running");
  await bed.run("systemctl", "start", "sandbox@image-b");
  const levels = await Promise.all(["image", "image-b"].map(levelOf));
  assert.notEqual(levels[0], levels[1]);
  assert.equal((await inside("image-b", "cat /srv/cloned")).stdout, "x\n");
  const files = await Promise.all(["image", "image-b"].map((name) => contextOf(`${tree(name)}/srv/cloned`)));
  assert.deepEqual(
    files,
    levels.map((level) => content(level)),
  );
  for (const one of [0, 1]) {
    const process = `system_u:system_r:sandboxcontainer_command_t:${levels[one]}`;
    assert.equal(await mayRead(process, files[one] ?? ""), true);
    assert.equal(await mayRead(process, files[1 - one] ?? ""), false);
  }
});

test("snapshot, rollback, rename and set work under the policy, and leave labels right; limits hold at once on the running scope", async (context) => {
  deleteAfter(context, bed, "kept", "kept-c");
  await start("kept");
  await inside("kept", "echo x > /srv/file");
  await bed.run("sandboxcontainer", "snapshot", "kept", "first", "--running");
  await bed.run("sandboxcontainer", "set", "kept", "MemoryMax=200M");
  await bed.run("systemctl", "stop", "sandbox@kept");
  await bed.run("sandboxcontainer", "rollback", "kept", "first");
  await bed.run("sandboxcontainer", "rename", "kept", "kept-c");
  await bed.run("systemctl", "start", "sandbox@kept-c");
  assert.equal((await inside("kept-c", "cat /srv/file; uname -n")).stdout, "x\nkept-c\n");
  assert.equal(await contextOf(`${tree("kept-c")}/srv/file`), content(await levelOf("kept-c")));
  await bed.run("sandboxcontainer", "set", "kept-c", "MemoryMax=150M");
  const { controllerPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "kept-c")) as {
    controllerPid: number;
  };
  const scope = /\/([^/]+\.scope)/.exec(await bed.run("cat", `/proc/${controllerPid}/cgroup`))?.[1] ?? "";
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=MemoryMax", scope), String(150 * 1024 ** 2));
});

test("nothing was denied that is not expected", async () => {
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
