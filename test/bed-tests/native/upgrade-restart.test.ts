import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");
const ask = (...words: readonly string[]) => bed.try("sandboxcontainer", ...words);
const units = "/etc/systemd/system";

const install = (version: string, setting: string, other = "a"): Promise<void> =>
  installPackage(bed, "turn", version, {
    "/usr/lib/systemd/system/turn.service": idleUnit.replace("demo", "turn"),
    "/etc/turn/setting": `first\n${setting}\nlast\n`,
    "/etc/turn/other": `${other}\n`,
  });

before(async () => {
  await bed.try("sh", "-c", "dpkg --purge turn; rm -rf /etc/turn");
});
after(() => bed.try("dpkg", "--purge", "turn"));

/** Starts sandboxes of version 1 of the package, with changes of their own. They go with the test. */
async function makeOld(context: TestContext, ...names: readonly string[]): Promise<void> {
  deleteAfter(context, bed, ...names);
  await bed.try("dpkg", "--purge", "turn");
  await install("1", "a");
  await bed.run("systemctl", "daemon-reload");
  for (const name of names) await bed.run("sandboxcontainer", "create", name, "--unit", "turn.service", "--start");
}

const sinceOf = (name: string): Promise<string> =>
  bed.run("systemctl", "show", "--property=ActiveEnterTimestampMonotonic", "--value", `sandbox@${name}`);
const change = (name: string): Promise<string> =>
  bed.run("sandboxcontainer", "execute", name, "--", "sed", "-i", "s/^a$/mine/", "/etc/turn/setting");

/** Makes units of the host that need sandbox turn in different ways, and starts all but the last. */
async function makeDependents(context: TestContext): Promise<void> {
  const ties = {
    requires: "Requires=sandbox@turn.service\nAfter=sandbox@turn.service",
    binds: "BindsTo=sandbox@turn.service\nAfter=sandbox@turn.service",
    part: "PartOf=sandbox@turn.service",
    second: "Requires=needy-requires.service\nAfter=needy-requires.service",
    idle: "Requires=sandbox@turn.service\nAfter=sandbox@turn.service",
  };
  context.after(() => bed.run("sh", "-c", `systemctl stop 'needy-*'; rm ${units}/needy-*; systemctl daemon-reload`));
  for (const [tie, lines] of Object.entries(ties))
    await bed.feed(
      `[Unit]\n${lines}\n[Service]\nExecStart=/usr/bin/sleep infinity\n`,
      "sh",
      "-c",
      `cat >${units}/needy-${tie}.service`,
    );
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "needy-second", "needy-binds", "needy-part");
}

const listActive = (): Promise<string> =>
  bed
    .run("systemctl", "list-units", "--state=active", "--plain", "--no-legend", "needy-*")
    .then((text) => [...text.matchAll(/^needy-(\w+)/gm)].map(([, tie]) => tie).join(" "));

test("what the stop of a sandbox takes along comes back after an upgrade and a revert, as after systemctl restart", async (context) => {
  await makeOld(context, "turn");
  await change("turn");
  await makeDependents(context);
  assert.equal(await listActive(), "binds part requires second");
  await install("2", "a", "b");
  await bed.run("sandboxcontainer", "upgrade", "--restart", "turn");
  assert.equal(await listActive(), "binds part requires second");
  await bed.run("sandboxcontainer", "revert", "--restart", "turn", "/etc/turn/setting");
  assert.equal(await listActive(), "binds part requires second");
});

test("only what has changed is restarted, and what is up to date and runs is no failure", async (context) => {
  await makeOld(context, "turn", "same");
  const began = await sinceOf("turn");
  const idle = await ask("upgrade", "--all");
  assert.deepEqual([idle.status, idle.stderr], [0, ""]);
  assert.match(idle.stdout, /^same is up to date with the host\nturn is up to date/m);
  await ask("stop", "same");
  await install("2", "b");
  assert.equal((await ask("upgrade", "same")).status, 0);
  await ask("start", "same");
  const same = await sinceOf("same");
  assert.equal((await ask("upgrade", "--all", "--restart")).status, 0);
  assert.equal(await sinceOf("same"), same);
  assert.notEqual(await sinceOf("turn"), began);
});

interface Facts {
  readonly conflicts: readonly string[];
}
const conflictsOf = async (): Promise<readonly string[]> =>
  (JSON.parse((await ask("show", "turn", "--json")).stdout) as Facts).conflicts;

test("a conflict has a status and a note of its own until it is resolved", async (context) => {
  await makeOld(context, "turn");
  await change("turn");
  await install("2", "b");
  const path = "/etc/turn/setting";
  const upgraded = await ask("upgrade", "--restart", "turn");
  assert.equal(upgraded.status, 3);
  assert.match(
    upgraded.stderr,
    /^turn: \/etc\/turn\/setting is in conflict.*setting\.dpkg-dist.*revert turn \/etc\/turn/m,
  );
  assert.deepEqual(await conflictsOf(), [path]);
  assert.match((await ask("list")).stdout, /^turn .* conflicts /m);
  const again = await ask("upgrade", "turn", "--json");
  assert.equal(again.status, 3);
  assert.deepEqual((JSON.parse(again.stdout) as readonly Facts[])[0]?.conflicts, [path]);
  await bed.run("sandboxcontainer", "snapshot", "turn", "torn", "--running");
  await bed.run("sandboxcontainer", "execute", "turn", "--", "rm", `${path}.dpkg-dist`);
  assert.deepEqual(await conflictsOf(), []);
  assert.equal((await ask("upgrade", "turn")).status, 0);
  await ask("stop", "turn");
  await bed.run("sandboxcontainer", "rollback", "turn", "torn");
  assert.deepEqual(await conflictsOf(), [path]);
  await bed.run("sandboxcontainer", "revert", "turn", path);
  assert.deepEqual(await conflictsOf(), []);
});
