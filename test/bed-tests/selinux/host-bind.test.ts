import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const folder = "/srv/host-bind";
const mountsOn = (path: string): Promise<string> =>
  bed.run("sh", "-c", `awk -v at=${path} '$5 == at { print $6 }' /proc/self/mountinfo`);
const whoBecomes = (path: string): Promise<string> =>
  bed.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", path, "-u");
const names = ["guarded", "free"];

let mark: string;

before(async () => {
  assert.equal(await bed.run("getenforce"), "Enforcing");
  mark = await markDenials(bed);
  await bed.run("sh", "-c", `mkdir -p ${folder}/a ${folder}/b; chcon -t sandboxcontainer_file_t ${folder}/[ab]`);
});

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("sh", "-c", `umount ${folder}/*; rm -rf ${folder}`);
});

for (const [name, kind, place, becomes] of [
  ["guarded", "host-bind", "a", "65534"],
  ["free", "host-bind,suid", "b", "0"],
] as const) {
  // A2
  test(`a set-user-id file in a folder of ${kind} makes a user of the host ${becomes}`, async () => {
    const mount = `${kind}:/srv/x=${folder}/${place}`;
    await bed.run("sandboxcontainer", "create", name, "-m", mount, "--start", "--", "/usr/bin/sleep", "infinity");
    const script = "cp /usr/bin/id /srv/x/id && chown 0:0 /srv/x/id && chmod 4755 /srv/x/id";
    await bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
    assert.equal(await whoBecomes(`${folder}/${place}/id`), becomes);
  });
}

// A2
test("the helpers may guard a folder as at a boot, and delete may look for what is left", async () => {
  await bed.run("systemctl", "stop", "sandbox@guarded");
  await bed.run("umount", `${folder}/a`);
  await bed.run("systemctl", "start", "sandboxcontainer-guard");
  assert.match(await mountsOn(`${folder}/a`), /nosuid,nodev/);
  assert.equal(await whoBecomes(`${folder}/a/id`), "65534");
  const { status, stderr } = await bed.try("sandboxcontainer", "delete", "guarded");
  assert.equal(status, 0, stderr);
  assert.match(stderr, /\/srv\/host-bind\/a\/id/);
});

test("nothing is denied that nobody expects", async () => {
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
