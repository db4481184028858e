import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";
import { installScripted } from "../scripted-package.ts";

const bed = useBed("native");
const { deleteAfter, make } = useSandboxes(bed);
let began = "";
const journal = (name: string): Promise<string> => bed.journal(`--since=@${began}`, "--unit", `sandbox@${name}`);
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;
const isFirst = '[ -n "$2" ] || head -c 16 /dev/urandom | base64 >/var/lib/hoarder/id';

before(async () => {
  began = await bed.run("date", "+%s");
  await installScripted(bed, "hoarder", "/var/lib/hoarder/id", isFirst);
});

after(() => bed.try("dpkg", "--purge", "hoarder"));

// The scripts ran again on the copied data: another PostgreSQL cluster, and errors.
test("a copy of a root has what the scripts made, so they do not run again in it", async (t) => {
  await make(t, "hoarder5", "--unit", "hoarder", "--start");
  deleteAfter(t, "hoarder6", "hoarder7");
  const archive = "/root/hoarder5.tar.zst";
  t.after(() => bed.try("rm", archive));
  await bed.run("systemctl", "stop", "sandbox@hoarder5");
  await bed.run("sandboxcontainer", "clone", "hoarder5", "hoarder6");
  await bed.run("sandboxcontainer", "export", "hoarder5", archive);
  await bed.run("sandboxcontainer", "import", archive, "hoarder7");
  for (const name of ["hoarder6", "hoarder7"]) {
    await bed.run("systemctl", "start", `sandbox@${name}`);
    assert.equal(
      await bed.run("cat", `${tree(name)}/var/lib/hoarder/id`),
      await bed.run("cat", `${tree("hoarder5")}/var/lib/hoarder/id`),
    );
    assert.doesNotMatch(await journal(name), /configuring/);
  }
});

test("a clone gets keys of its own from scripts that make nothing else, and keeps what somebody put there", async (t) => {
  t.after(() => bed.try("dpkg", "--purge", "locker"));
  const key = "/etc/locker/locker.key";
  const script = `[ -e ${key} ] || { head -c 16 /dev/urandom | base64 >${key}; chmod 0600 ${key}; }`;
  await installScripted(bed, "locker", "/etc/hostname", script);
  await make(t, "locker1", "--unit", "locker", "--start");
  deleteAfter(t, "locker2", "locker3");
  const readKey = (name: string): Promise<string> => bed.run("cat", `${tree(name)}${key}`);
  await bed.run("systemctl", "stop", "sandbox@locker1");
  await bed.run("sandboxcontainer", "clone", "locker1", "locker2");
  await bed.run("systemctl", "start", "sandbox@locker2");
  assert.notEqual(await readKey("locker2"), await readKey("locker1"));
  await bed.run("sh", "-c", `echo bought >${tree("locker1")}${key}`);
  await bed.run("sandboxcontainer", "clone", "locker1", "locker3");
  await bed.run("systemctl", "start", "sandbox@locker3");
  assert.equal(await readKey("locker3"), "bought");
});

test("a clone of a sandbox that never ran has its scripts still to run", async (t) => {
  await make(t, "hoarder8", "--unit", "hoarder");
  deleteAfter(t, "hoarder9");
  await bed.run("sandboxcontainer", "clone", "hoarder8", "hoarder9");
  await bed.run("systemctl", "start", "sandbox@hoarder9");
  await eventually(async () => {
    assert.match(await journal("hoarder9"), /^configuring hoarder$/m);
  });
});

test("the scripts do not run on the host's data either, when the conf no longer asks for it", async (t) => {
  await make(t, "copied2", "--unit", "hoarder", "--copy");
  await bed.run("sed", "-i", "/^Copy=/d", "/etc/sandboxcontainer/copied2.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@copied2");
  assert.equal(
    await bed.run("cat", `${tree("copied2")}/var/lib/hoarder/id`),
    await bed.run("cat", "/var/lib/hoarder/id"),
  );
  assert.doesNotMatch(await journal("copied2"), /configuring/);
});

// nginx answered 404.
test("a page that a script makes below /var is there", async (t) => {
  t.after(async () => {
    await bed.try("dpkg", "--purge", "pager");
    await bed.try("rm", "-r", "/var/www/pager");
  });
  const page = "/var/www/pager/index.html";
  await installScripted(bed, "pager", page, `[ -e ${page} ] || { mkdir -p /var/www/pager; echo a page >${page}; }`);
  await bed.run("sh", "-c", `echo a page of the host >${page}`);
  await make(t, "pager1", "--unit", "pager", "--start");
  assert.equal(`${await bed.run("sandboxcontainer", "execute", "pager1", "--", "cat", page)}\n`, "a page\n");
});
