import assert from "node:assert/strict";
import { test } from "node:test";
import { checkPolicy, checkSelinux } from "../../../../helpers/command/doctor/walls.ts";
import { fakeHost } from "./fake-host.ts";

const look = (mode: string | undefined, allUnlabelled = false) =>
  checkSelinux(fakeHost({ files: { "/sys/fs/selinux/enforce": mode }, sandboxes: { allUnlabelled } }));

test("SELinux has to be enforcing, unless all confs do without", async () => {
  assert.equal((await look("1")).verdict, "ok");
  assert.deepEqual([(await look("0")).verdict, (await look(undefined)).verdict], ["failed", "failed"]);
  assert.deepEqual([(await look("0", true)).verdict, (await look(undefined, true)).verdict], ["warning", "warning"]);
  assert.match((await look("0")).fix ?? "", /^setenforce 1/);
});

test("where the kernel has AppArmor instead, SELinux is not missed", async () => {
  const files = { "/sys/module/apparmor/parameters/enabled": "Y" };
  assert.equal((await checkSelinux(fakeHost({ files }))).verdict, "ok");
});

const names = ["sandboxcontainer", "sandboxcontainer_host", "sandboxcontainer_virt"];
const sum = (digit: string): string => digit.repeat(64);
const list = (modules: readonly string[]): string =>
  ["400 apache pp sha256:00", ...modules.map((name, index) => `400 ${name} pp sha256:${sum(String(index))}`)].join(
    "\n",
  );
const files = Object.fromEntries([
  ["/sys/fs/selinux/enforce", "1"],
  ["/usr/libexec/selinux/hll/pp", ""],
  ...names.map((name) => [`/usr/share/selinux/packages/${name}.pp`, ""]),
]) as Record<string, string>;
const policy = (modules: readonly string[], sums: readonly string[], there = files) =>
  checkPolicy(
    fakeHost({
      files: there,
      commands: {
        "semodule --list-modules=full --checksum": list(modules),
        ...Object.fromEntries(
          names.map((name, index) => [
            `sh -c /usr/libexec/selinux/hll/pp <"$1" | sha256sum sh /usr/share/selinux/packages/${name}.pp`,
            `${sums[index] ?? ""}  -\n`,
          ]),
        ),
      },
    }),
  );

test("the policy has to be loaded, and be the one that is installed", async () => {
  const sums = [sum("0"), sum("1"), sum("2")];
  assert.equal((await policy(names, sums)).verdict, "ok");
  const missing = await policy(names.slice(0, 2), sums);
  assert.deepEqual([missing.verdict, missing.message], ["failed", "not loaded: sandboxcontainer_virt"]);
  const old = await policy(names, [sum("0"), sum("7"), sum("2")]);
  assert.deepEqual(
    [old.verdict, old.message],
    ["warning", "loaded modules differ from the installed ones: sandboxcontainer_host"],
  );
  assert.equal(old.fix, "/usr/libexec/sandboxcontainer/load-policy");
});

test("without SELinux no policy is needed, and without the packages it cannot be compared", async () => {
  assert.equal((await checkPolicy(fakeHost({}))).verdict, "ok");
  assert.equal((await policy(names, [], { "/sys/fs/selinux/enforce": "1" })).verdict, "warning");
});
