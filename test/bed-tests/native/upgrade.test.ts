import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");
const ask = (...words: readonly string[]) => bed.try("sandboxcontainer", ...words);
const tree = "/var/lib/sandboxcontainer/demo/root";
const read = (path: string): Promise<string> => bed.run("cat", `${tree}${path}`);
const inside = (script: string) => bed.run("sandboxcontainer", "execute", "demo", "--", "sh", "-c", script);

interface Upgraded {
  readonly packages: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  readonly changes: readonly { readonly path: string; readonly change: string; readonly note?: string }[];
}
const parse = (stdout: string): Upgraded => (JSON.parse(stdout) as [Upgraded])[0];
const listChanges = ({ changes }: Upgraded): readonly string[] =>
  changes.map(({ path, change }) => `${change} ${path}`);

const lines = (...middle: readonly string[]): string => ["first", ...middle, "last", ""].join("\n");
const unit = { "/usr/lib/systemd/system/demo.service": idleUnit };
const first = {
  ...unit,
  "/etc/demo/untouched": lines("a", "b", "c"),
  "/etc/demo/merged": lines("a", "b", "c"),
  "/etc/demo/conflict": lines("a", "b", "c"),
  "/etc/demo/inside-only": lines("a", "b", "c"),
  "/etc/demo/same-change": lines("a", "b", "c"),
  "/etc/demo/gone": lines("a"),
  "/etc/demo/gone-changed": lines("a"),
  "/etc/demo/removed-inside": lines("a"),
  "/etc/demo/mode": lines("a"),
  "/etc/demo/old.d/file": lines("a"),
};
const second = {
  ...unit,
  "/etc/demo/untouched": lines("a", "B", "c"),
  "/etc/demo/merged": lines("a", "b", "c", "d"),
  "/etc/demo/conflict": lines("a", "B", "c"),
  "/etc/demo/inside-only": lines("a", "b", "c"),
  "/etc/demo/same-change": lines("a", "B", "c"),
  "/etc/demo/removed-inside": lines("A"),
  "/etc/demo/mode": lines("a"),
  "/etc/demo/new.d/file": lines("new"),
};
const obsolete = "rm -rf /etc/demo/gone /etc/demo/gone-changed /etc/demo/old.d; chmod 0600 /etc/demo/mode";
const expected = [
  "added /etc/demo/new.d",
  "added /etc/demo/new.d/file",
  "conflict /etc/demo/conflict",
  "kept /etc/demo/gone-changed",
  "merged /etc/demo/merged",
  "merged /etc/passwd",
  "owner and mode /etc/demo/mode",
  "removed /etc/demo/gone",
  "removed /etc/demo/old.d",
  "removed /etc/demo/old.d/file",
  "stays removed /etc/demo/removed-inside",
  "updated /etc/demo/untouched",
];

const changeInside = async (): Promise<void> => {
  await bed.run("systemctl", "start", "sandbox@demo");
  await inside(
    `cd /etc/demo; sed -i 's/first/FIRST/' merged; sed -i 's/^b$/mine/' conflict inside-only; sed -i 's/^b$/B/' same-change
     echo mine >> gone-changed; rm removed-inside; echo precious > /var/lib/demo/data
     echo 'own:x:4321:4321::/:/bin/sh' >> /etc/passwd`,
  );
};

before(async () => {
  await installPackage(bed, "demo", "1", first);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "create", "demo", "--unit", "demo.service");
  await changeInside();
});

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "demo");
  await bed.try("sandboxcontainer", "delete", "--force", "cut");
  await bed.try("dpkg", "--purge", "demo");
  await bed.try("userdel", "demo-new");
  await bed.run("rm", "-rf", "/root/demo-before");
});

test("nothing is to do while the host has not changed", async () => {
  assert.equal((await ask("upgrade", "demo", "--dry-run")).stdout, "demo is up to date with the host\n");
});

test("a running sandbox is refused, with what to do, and stays as it is", async () => {
  await installPackage(
    bed,
    "demo",
    "2",
    second,
    `${obsolete}; id demo-new >/dev/null 2>&1 || useradd --system --user-group demo-new`,
  );
  const { status, stderr } = await ask("upgrade", "demo");
  assert.equal(status, 1);
  assert.match(stderr, /sandbox demo is running.*upgrade --restart demo/);
  assert.match((await bed.try("systemctl", "start", "sandbox-upgrade@demo")).stderr, /failed/);
  assert.equal(`${await read("/etc/demo/untouched")}\n`, first["/etc/demo/untouched"]);
});

test("a dry run tells what the upgrade then does, and changes nothing", async () => {
  const list = (): Promise<string> => bed.run("find", tree, "-printf", "%p %T@ %s %m\n");
  const before = await list();
  const preview = parse((await ask("upgrade", "demo", "--dry-run", "--json")).stdout);
  assert.deepEqual(
    listChanges(preview)
      .filter((each) => !/group|shadow/.test(each))
      .toSorted(),
    expected,
  );
  assert.match(
    (await ask("upgrade", "demo", "--dry-run")).stdout,
    /make a snapshot first: sandboxcontainer snapshot demo\./,
  );
  assert.equal(await list(), before);
  await bed.run("cp", "-a", "/var/lib/sandboxcontainer/demo", "/root/demo-before");
});

test("configuration follows in every combination; data, identity and what was changed inside stay", async () => {
  const machineId = await read("/etc/machine-id");
  const { stdout } = await ask("upgrade", "demo", "--restart", "--json");
  const upgraded = parse(stdout);
  assert.deepEqual(
    listChanges(upgraded)
      .filter((each) => !/group|shadow/.test(each))
      .toSorted(),
    expected,
  );
  assert.deepEqual(upgraded.packages, [{ name: "demo", from: "1", to: "2" }]);
  assert.equal(`${await read("/etc/demo/untouched")}\n`, second["/etc/demo/untouched"]);
  assert.equal(`${await read("/etc/demo/merged")}\n`, lines("a", "b", "c", "d").replace("first", "FIRST"));
  assert.equal(`${await read("/etc/demo/conflict")}\n`, lines("a", "mine", "c"));
  assert.equal(`${await read("/etc/demo/conflict.dpkg-dist")}\n`, second["/etc/demo/conflict"]);
  assert.equal(`${await read("/etc/demo/inside-only")}\n`, lines("a", "mine", "c"));
  assert.equal(await bed.run("stat", "-c", "%a", `${tree}/etc/demo/mode`), "600");
  assert.equal(
    await bed.run("ls", `${tree}/etc/demo`),
    "conflict\nconflict.dpkg-dist\ngone-changed\ninside-only\nmerged\nmode\nnew.d\nsame-change\nuntouched",
  );
  assert.equal(await read("/var/lib/demo/data"), "precious");
  assert.equal(await read("/etc/machine-id"), machineId);
  assert.match(await read("/etc/passwd"), /^own:x:4321/m);
  assert.match(await read("/etc/passwd"), /^demo-new:/m);
  assert.match(await read("/etc/shadow"), /^demo-new:!\*:/m);
  assert.match(await read("/etc/group"), /^demo-new:/m);
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@demo"), "active");
  assert.equal(await inside("id -un 4321"), "own");
});

test("what was replaced is kept, and a second upgrade has nothing to do", async () => {
  const kept = await bed.run("cat", "/var/lib/sandboxcontainer/demo/replaced/etc/demo/merged");
  assert.match(kept, /^FIRST\na\nb\nc\nlast$/);
  await bed.run("systemctl", "stop", "sandbox@demo");
  assert.equal((await ask("upgrade", "demo")).stdout, "demo is up to date with the host\n");
  assert.doesNotMatch((await ask("diff", "demo", "/etc/demo")).stdout, /changed \(content\) +changed/);
});

test("killed at any point, the next run comes to the same", async () => {
  const summarize = (name: string): Promise<string> =>
    bed.run(
      "sh",
      "-c",
      `cd /var/lib/sandboxcontainer/${name}/root && find etc -type f -exec sha256sum {} + | sort -k 2`,
    );
  const wanted = await summarize("demo");
  for (const milliseconds of [150, 250, 350, 450, 550, 700]) {
    await bed.run("rm", "-rf", "/var/lib/sandboxcontainer/demo");
    await bed.run("cp", "-a", "/root/demo-before", "/var/lib/sandboxcontainer/demo");
    await bed.try(
      "sh",
      "-c",
      `systemctl start --no-block sandbox-upgrade@demo; sleep ${milliseconds / 1000}; systemctl kill -s KILL sandbox-upgrade@demo; true`,
    );
    await bed.run("sandboxcontainer", "upgrade", "demo");
    assert.equal(await summarize("demo"), wanted, `killed after ${milliseconds} ms`);
    assert.equal(await bed.run("sh", "-c", "ls /var/lib/sandboxcontainer/demo | grep -E 'new|pending'; true"), "");
  }
});

test("a link that the sandbox planted in the way is not followed, and told", async () => {
  await bed.run("systemctl", "start", "sandbox@demo");
  await inside("rm -rf /etc/demo; ln -s /root /etc/demo");
  await bed.run("systemctl", "stop", "sandbox@demo");
  await installPackage(bed, "demo", "3", { ...second, "/etc/demo/untouched": "third\n" }, obsolete);
  const listing = await bed.run("ls", "-A", "/root");
  assert.equal((await ask("upgrade", "demo")).status, 0);
  assert.equal(await bed.run("ls", "-A", "/root"), listing);
  assert.equal(await bed.run("readlink", `${tree}/etc/demo`), "/root");
});

test("what cannot be upgraded says so, and keeps no other from it", async () => {
  assert.match((await ask("upgrade")).stderr, /no sandbox was named/);
  assert.match((await ask("upgrade", "demo", "--all")).stderr, /names cannot be combined with --all/);
  assert.match((await ask("upgrade", "dmeo")).stderr, /Did you mean `demo`/);
  await bed.run("sandboxcontainer", "create", "cut", "--unit", "demo.service", "--start");
  const { status, stdout, stderr } = await ask("upgrade", "--all");
  assert.equal(status, 1);
  assert.match(stdout, /demo is up to date with the host/);
  assert.match(stderr, /sandbox cut is running/);
});
