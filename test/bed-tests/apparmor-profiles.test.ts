// This needs an apparmor bed that is up. make test does not run it, because it takes minutes there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "./bed.ts";
import { deleteAfter } from "./delete-after.ts";

const bed = useBed("apparmor");
const ask = (...words: readonly string[]): Promise<string> => bed.run("sandboxcontainer", ...words);
const inside = (name: string, script: string) => bed.try("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const labelOfInit = async (name: string): Promise<string> =>
  (await inside(name, "cat /proc/1/attr/current")).stdout.trim();
const profileOf = (name: string): string => `libvirt-sandboxcontainer-${name}`;
const isLoaded = async (profile: string): Promise<boolean> =>
  (await bed.run("cat", "/sys/kernel/security/apparmor/profiles")).split("\n").includes(`${profile} (enforce)`);

test("a profile of that name that is another's, or only complains, is replaced at the start", async (context) => {
  deleteAfter(context, bed, "foreign");
  await ask("create", "foreign", "--", "/usr/bin/sleep", "infinity");
  const own = profileOf("foreign");
  for (const flags of ["complain", "attach_disconnected"]) {
    const other = `abi <abi/4.0>,\nprofile ${own} flags=(${flags}) {\n  file,\n  capability,\n  network,\n}\n`;
    assert.equal((await bed.feed(other, "apparmor_parser", "--replace", "--skip-cache")).status, 0);
    await bed.run("systemctl", "restart", "sandbox@foreign");
    assert.equal(await labelOfInit("foreign"), `${own} (enforce)`);
    assert.notEqual((await inside("foreign", "head -c 1 /proc/kcore")).status, 0);
  }
});

test("an administrator's profile is used as it is", async (context) => {
  deleteAfter(context, bed, "theirs");
  const profile =
    "abi <abi/4.0>,\nprofile our-web flags=(attach_disconnected,mediate_deleted) {\n  /** mrwlkix,\n  capability,\n  network,\n  unix,\n  signal,\n  ptrace,\n}\n";
  assert.equal((await bed.feed(profile, "apparmor_parser", "--replace", "--skip-cache")).status, 0);
  context.after(() => bed.run("sh", "-c", "printf our-web >/sys/kernel/security/apparmor/.remove"));
  await ask("create", "theirs", "--security", "our-web", "--start", "--", "/usr/bin/sleep", "infinity");
  assert.equal(await labelOfInit("theirs"), "our-web (enforce)");
  assert.equal((await inside("theirs", "cat /proc/self/attr/current")).stdout.trim(), "our-web (enforce)");
});

test("a profile follows a new name, and goes with the sandbox", async (context) => {
  deleteAfter(context, bed, "before", "after");
  await ask("create", "before", "--", "/usr/bin/sleep", "infinity");
  assert.ok(await isLoaded(profileOf("before")));
  await ask("rename", "before", "after");
  assert.deepEqual(
    [await isLoaded(profileOf("before")), await isLoaded(`${profileOf("before")}@start`)],
    [false, false],
  );
  await ask("start", "after");
  assert.equal(await labelOfInit("after"), `${profileOf("after")} (enforce)`);
  await ask("delete", "--force", "after");
  assert.deepEqual([await isLoaded(profileOf("after")), await isLoaded(`${profileOf("after")}@start`)], [false, false]);
});
