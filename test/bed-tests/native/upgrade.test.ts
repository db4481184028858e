import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");
const ask = (...words: readonly string[]) => bed.try("sandboxcontainer", ...words);
const state = "/var/lib/sandboxcontainer/demo";
const tree = `${state}/root`;
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

const changeInside = (): Promise<string> =>
  inside(
    `cd /etc/demo; sed -i 's/first/FIRST/' merged; sed -i 's/^b$/mine/' conflict inside-only; sed -i 's/^b$/B/' same-change
     echo mine >> gone-changed; rm removed-inside; echo precious > /var/lib/demo/data
     echo 'own:x:4321:4321::/:/bin/sh' >> /etc/passwd`,
  );

/** Installs version 1 of the package as on a new host. A conffile that a newer version removed would not come back. */
async function installFirst(): Promise<void> {
  await bed.try("sh", "-c", "dpkg --purge demo; userdel demo-new; rm -rf /etc/demo");
  await installPackage(bed, "demo", "1", first);
  await bed.run("systemctl", "daemon-reload");
}

const installSecond = (): Promise<void> =>
  installPackage(
    bed,
    "demo",
    "2",
    second,
    `${obsolete}; id demo-new >/dev/null 2>&1 || useradd --system --user-group demo-new`,
  );

/** Starts sandbox demo from version 1 of the package, and changes it inside. It goes with the test. */
async function makeDemo(context: TestContext): Promise<void> {
  deleteAfter(context, bed, "demo");
  await installFirst();
  await bed.run("sandboxcontainer", "create", "demo", "--unit", "demo.service", "--start");
  await changeInside();
}

/** Makes such a sandbox, and then installs version 2 of the package. */
async function makeOldDemo(context: TestContext): Promise<void> {
  await makeDemo(context);
  await installSecond();
}

after(async () => {
  await bed.try("dpkg", "--purge", "demo");
  await bed.try("userdel", "demo-new");
});

test("nothing is to do while the host has not changed", async (context) => {
  await makeDemo(context);
  assert.equal((await ask("upgrade", "demo", "--dry-run")).stdout, "demo is up to date with the host\n");
});

test("a running sandbox is refused, with what to do; a dry run tells what the upgrade then does; neither changes anything", async (context) => {
  await makeOldDemo(context);
  const { status, stderr } = await ask("upgrade", "demo");
  assert.equal(status, 1);
  assert.match(stderr, /sandbox demo is running.*upgrade --restart demo/);
  assert.match((await bed.try("systemctl", "start", "sandbox-upgrade@demo")).stderr, /failed/);
  assert.equal(`${await read("/etc/demo/untouched")}\n`, first["/etc/demo/untouched"]);
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
});

test("configuration follows in every combination; data, identity, what was changed inside and what was replaced are kept; a second upgrade has nothing to do", async (context) => {
  await makeOldDemo(context);
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
  const kept = await bed.run("cat", "/var/lib/sandboxcontainer/demo/replaced/etc/demo/merged");
  assert.match(kept, /^FIRST\na\nb\nc\nlast$/);
  await bed.run("systemctl", "stop", "sandbox@demo");
  assert.match((await ask("upgrade", "demo")).stdout, /^demo is up to date with the host/);
  assert.doesNotMatch((await ask("diff", "demo", "/etc/demo")).stdout, /changed \(content\) +changed/);
});

/** Signs that an upgrade has reached a certain point, from its beginning until it is done. */
const signs = [
  "$(systemctl is-active sandbox-upgrade@demo) = activating",
  `-d ${state}/replaced`,
  `-e ${state}/manifest.pending.json`,
  `-e ${state}/root.new-*/etc/demo/merged`,
  `-e ${tree}/etc/demo/new.d`,
  `-e ${tree}/etc/demo/conflict.dpkg-dist`,
  `! -e ${tree}/etc/demo/gone`,
];

test("killed at any point, the next run comes to the same", async (context) => {
  await makeOldDemo(context);
  context.after(() => bed.run("rm", "-rf", "/root/demo-before"));
  await bed.run("systemctl", "stop", "sandbox@demo");
  await bed.run("cp", "-a", state, "/root/demo-before");
  const summarize = (): Promise<string> =>
    bed.run("sh", "-c", `cd ${tree} && find etc -type f -exec sha256sum {} + | sort -k 2`);
  assert.equal((await ask("upgrade", "demo")).status, 3);
  const wanted = await summarize();
  let killed = 0;
  for (const sign of signs) {
    await bed.run("sh", "-c", `rm -rf ${state} && cp -a /root/demo-before ${state}`);
    const unit = "sandbox-upgrade@demo";
    // An upgrade that is faster than the look is not killed at this point.
    const kill = `systemctl start ${unit} & p=$!; until /usr/bin/test ${sign} || ! kill -0 $p; do :; done 2>/dev/null; systemctl kill -s KILL ${unit}; wait $p`;
    if ((await bed.try("sh", "-c", kill)).status !== 0) killed++;
    assert.equal((await ask("upgrade", "demo")).status, 3);
    assert.equal(await summarize(), wanted, `killed at ${sign}`);
    assert.equal(await bed.run("sh", "-c", `ls ${state} | grep -E 'new|pending'; true`), "");
  }
  assert.ok(killed > 0, "no point was hit");
});

test("a link that the sandbox planted in the way is not followed, and told", async (context) => {
  await makeDemo(context);
  await inside("rm -rf /etc/demo; ln -s /root /etc/demo");
  await bed.run("systemctl", "stop", "sandbox@demo");
  await installPackage(bed, "demo", "3", { ...second, "/etc/demo/untouched": "third\n" }, obsolete);
  const listing = await bed.run("ls", "-A", "/root");
  assert.equal((await ask("upgrade", "demo")).status, 0);
  assert.equal(await bed.run("ls", "-A", "/root"), listing);
  assert.equal(await bed.run("readlink", `${tree}/etc/demo`), "/root");
});

test("what cannot be upgraded says so, and keeps no other from it", async (context) => {
  deleteAfter(context, bed, "even", "cut");
  await installFirst();
  await bed.run("sandboxcontainer", "create", "even", "--unit", "demo.service");
  assert.match((await ask("upgrade")).stderr, /no sandbox was named/);
  assert.match((await ask("upgrade", "even", "--all")).stderr, /names cannot be combined with --all/);
  assert.match((await ask("upgrade", "evne")).stderr, /Did you mean `even`/);
  await bed.run("sandboxcontainer", "create", "cut", "--unit", "demo.service", "--start");
  assert.equal((await ask("upgrade", "--all")).status, 0);
  await installSecond();
  const { status, stdout, stderr } = await ask("upgrade", "--all");
  assert.equal(status, 1);
  assert.match(stdout, /^even:$/m);
  assert.match(stderr, /sandbox cut is running/);
});

test("revert puts a path back as the host has it, keeps the sandbox's version, and leaves a running sandbox alone", async (context) => {
  await makeDemo(context);
  const refused = await ask("revert", "demo", "/etc/demo/conflict");
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /sandbox demo is running.*revert --restart demo/);
  const { status, stdout, stderr } = await ask("revert", "demo", "--restart", "/etc/demo/conflict", "/etc/demo/none");
  assert.equal(status, 1);
  assert.match(stderr, /\/etc\/demo\/none cannot be put back: it is not of the host\. See `sandboxcontainer why demo/);
  assert.match(
    stdout,
    /^Put \/etc\/demo\/conflict back\. The sandbox's version is in .*\/replaced\/etc\/demo\/conflict$/m,
  );
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@demo"), "active");
  assert.equal(`${await read("/etc/demo/conflict")}\n`, first["/etc/demo/conflict"]);
  assert.match(await bed.run("cat", `${state}/replaced/etc/demo/conflict`), /^mine$/m);
  assert.equal((await ask("revert", "demo", "--restart", "/etc/demo/removed-inside")).status, 0);
  assert.equal(`${await read("/etc/demo/removed-inside")}\n`, first["/etc/demo/removed-inside"]);
  assert.doesNotMatch((await ask("diff", "demo")).stdout, /conflict|removed-inside/);
});
