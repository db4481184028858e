import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { findLack, readLoadedProfile } from "../../../../helpers/host/walls/apparmor.ts";

const features = "/sys/kernel/security/apparmor/features";
const enabled = { "/sys/module/apparmor/parameters/enabled": "Y\n" };
const whole: Readonly<Record<string, string>> = {
  ...enabled,
  [`${features}/domain/stack`]: "yes\n",
  [`${features}/namespaces/mask`]: "userns_create\n",
  [`${features}/mount/mask`]: "mount umount pivot_root\n",
};
const lackOf = (files: Readonly<Record<string, string>>) => findLack((path) => files[path]);

test("a kernel that can do everything lacks nothing", () => {
  assert.equal(lackOf(whole), null);
});

test("a kernel without AppArmor, or with it turned off, is told from one that is too old", () => {
  assert.equal(lackOf({})?.isDisabled, true);
  assert.equal(lackOf({ "/sys/module/apparmor/parameters/enabled": "N\n" })?.isDisabled, true);
  assert.equal(lackOf(enabled)?.isDisabled, false);
});

for (const [file, message] of [
  ["domain/stack", /cannot stack/],
  ["namespaces/mask", /user namespaces/],
  ["mount/mask", /mounts/],
] as const) {
  test(`a kernel without ${file} is refused, with the reason`, () => {
    const lack = lackOf({ ...whole, [`${features}/${file}`]: "no\n" });
    assert.match(lack?.message ?? "", message);
    assert.match(lack?.hint ?? "", /Label=none/);
  });
}

/** Makes the folder in which the kernel shows loaded profiles. */
function showProfiles(context: TestContext, profiles: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "profiles-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  for (const [path, text] of Object.entries(profiles)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test("a loaded profile is found by its whole name, with its mode and its checksum", (context) => {
  const folder = showProfiles(context, {
    "web.1.7/name": "web.1\n",
    "web.1.7/mode": "complain\n",
    "web.12/name": "web\n",
    "web.12/mode": "enforce\n",
    "web.12/sha256": "aa\n",
    "webstart.15/name": "web@start\n",
    "webstart.15/mode": "enforce\n",
    "usr.sbin.web.14/name": "/usr/sbin/web\n",
    "usr.sbin.web.14/mode": "enforce\n",
    "usr.sbin.web.14/sha256": "cc\n",
  });
  assert.equal(readLoadedProfile("web", folder), "enforce aa");
  assert.match(readLoadedProfile("web.1", folder) ?? "", /^complain\b/);
  assert.equal(readLoadedProfile("/usr/sbin/web", folder), "enforce cc");
  assert.match(readLoadedProfile("web@start", folder) ?? "", /^enforce\b/);
  assert.equal(readLoadedProfile("we", folder), undefined);
});
