import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAppArmor } from "../../../../helpers/command/doctor/walls.ts";
import { fakeHost } from "./fake-host.ts";

const features = "/sys/kernel/security/apparmor/features";
const files: Readonly<Record<string, string>> = {
  "/sys/module/apparmor/parameters/enabled": "Y",
  [`${features}/domain/stack`]: "yes",
  [`${features}/namespaces/mask`]: "userns_create",
  [`${features}/mount/mask`]: "mount umount pivot_root",
};
const parser = (version: string) => ({ "apparmor_parser --version": `AppArmor parser version ${version}\nCopyright` });
const look = (fakes: Parameters<typeof fakeHost>[0]) => checkAppArmor(fakeHost(fakes));

test("with all that it needs AppArmor is fine, and beside SELinux or switched off nobody misses it", async () => {
  assert.deepEqual(await look({ files, commands: parser("4.1.0") }), {
    ...{ check: "AppArmor", verdict: "ok", message: "enabled, 4.1.0" },
  });
  assert.equal((await look({ files: { ...files, "/sys/fs/selinux/enforce": "0" } })).verdict, "ok");
  assert.equal((await look({ files: {} })).verdict, "ok");
});

test("a parser that is missing or too old keeps sandboxes from starting", async () => {
  assert.match((await look({ files })).fix ?? "", /apt-get install apparmor/);
  assert.match((await look({ files, commands: parser("3.0.8") })).message, /^3\.0\.8 is too old/);
  const accepted = await look({ files, sandboxes: { allUnlabelled: true } });
  assert.equal(accepted.verdict, "warning");
});

test("sandboxes that have lost their profile are named, with what to do", async () => {
  const found = await look({ files, commands: parser("4.1.0"), sandboxes: { unconfined: ["web1", "db"] } });
  assert.equal(found.verdict, "failed");
  assert.equal(found.fix, "systemctl restart sandbox@web1 sandbox@db");
});
