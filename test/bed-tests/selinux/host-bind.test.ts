import assert from "node:assert/strict";
import { before, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const mountsOn = (path: string): Promise<string> =>
  bed.run("sh", "-c", `awk -v at=${path} '$5 == at { print $6 }' /proc/self/mountinfo`);
const whoBecomes = (path: string): Promise<string> =>
  bed.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", path, "-u");
let mark: string;

/**
 * Makes a sandbox with a folder of the host, and in this folder a set-user-id file of root. Resolves to the folder. All
 * goes with the test.
 */
async function plantFile(context: TestContext, name: string, kind: string): Promise<string> {
  const folder = `/srv/${name}`;
  deleteAfter(context, bed, name);
  context.after(() => bed.try("sh", "-c", `umount ${folder}; rm -rf ${folder}`));
  await bed.run("sh", "-c", `mkdir ${folder}; chcon -t sandboxcontainer_file_t ${folder}`);
  const mount = `${kind}:/srv/x=${folder}`;
  await bed.run("sandboxcontainer", "create", name, "-m", mount, "--start", "--", "/usr/bin/sleep", "infinity");
  const script = "cp /usr/bin/id /srv/x/id && chown 0:0 /srv/x/id && chmod 4755 /srv/x/id";
  await bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
  return folder;
}

before(async () => {
  assert.equal(await bed.run("getenforce"), "Enforcing");
  mark = await markDenials(bed);
});

for (const [name, kind, becomes] of [
  ["guarded", "host-bind", "65534"],
  ["free", "host-bind,suid", "0"],
] as const) {
  // A2
  test(`a set-user-id file in a folder of ${kind} makes a user of the host ${becomes}`, async (context) => {
    const folder = await plantFile(context, name, kind);
    assert.equal(await whoBecomes(`${folder}/id`), becomes);
  });
}

// A2
test("the helpers may guard a folder as at a boot, and delete may look for what is left", async (context) => {
  const folder = await plantFile(context, "booted", "host-bind");
  await bed.run("systemctl", "stop", "sandbox@booted");
  await bed.run("umount", folder);
  await bed.run("systemctl", "start", "sandboxcontainer-guard");
  assert.match(await mountsOn(folder), /nosuid,nodev/);
  assert.equal(await whoBecomes(`${folder}/id`), "65534");
  const { status, stderr } = await bed.try("sandboxcontainer", "delete", "--force", "booted");
  assert.equal(status, 0, stderr);
  assert.match(stderr, /\/srv\/booted\/id/);
});

test("a folder of the sandbox's own covers one of /usr, and the host's stays as it is", async (context) => {
  deleteAfter(context, bed, "covers");
  context.after(() => bed.try("rm", "-r", "/usr/lib/covers"));
  await bed.run("mkdir", "-p", "/usr/lib/covers/cache");
  const mount = "guest-bind:/usr/lib/covers/cache=/srv/cache";
  await bed.run("sandboxcontainer", "create", "covers", "-m", mount, "--start", "--", "/usr/bin/sleep", "infinity");
  await bed.run("sandboxcontainer", "execute", "covers", "--", "touch", "/usr/lib/covers/cache/file");
  assert.equal(await bed.run("ls", "/usr/lib/covers/cache"), "");
  assert.notEqual((await bed.try("sandboxcontainer", "execute", "covers", "--", "touch", "/usr/lib/x")).status, 0);
});

test("nothing is denied that nobody expects", async () => {
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
