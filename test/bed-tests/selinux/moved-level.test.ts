import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";
import { seal } from "../seal.ts";

// A state folder may come from another host, with a level that somebody has here.
const bed = useBed("selinux");
const { makeSleeper } = useSandboxes(bed);
const state = "/var/lib/sandboxcontainer";
const levelOf = async (name: string): Promise<string> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { level: string }).level;
/** Requires that PID 1 and the files of a sandbox have its level. */
async function assertLabelled(name: string): Promise<void> {
  const level = await levelOf(name);
  const context = await bed.run("sandboxcontainer", "execute", name, "--", "cat", "/proc/1/attr/current");
  assert.match(context, new RegExp(`:${level}\0?$`));
  const others = `find ${state}/${name}/root -xdev -printf '%Z\\n' | sort -u | grep -v ':${level}$' || true`;
  assert.equal(await bed.run("sh", "-c", others), "");
}

// Nobody changes this one.
before(() => bed.run("sandboxcontainer", "create", "level1", "--start", "--", "/usr/bin/sleep", "infinity"));

after(() => bed.try("sandboxcontainer", "delete", "--force", "level1"));

test("a level that somebody else has is changed, and the files get the new one", async (t) => {
  await makeSleeper(t, "level2", "--start");
  const theirs = await levelOf("level1");
  const own = await levelOf("level2");
  await bed.run("systemctl", "stop", "sandbox@level2");
  await bed.run(
    "sh",
    "-c",
    `cd ${state}/level2 && sed -i 's/${own}/${theirs}/' state.json context && chcon -R -l ${theirs} root`,
  );
  // It still has the stamp of this host, so only its start can notice.
  await bed.run(
    "sed",
    "-i",
    `s/${own}/${theirs}/`,
    `${state}/level2/start/plan.json`,
    `${state}/level2/start/domain.xml`,
  );
  await seal(bed, "level2");
  await bed.run("sandboxcontainer", "start", "level2");
  assert.match(await bed.journal("--unit", "sandbox@level2"), /sandbox level1 runs with that\. Preparing level2 again/);
  assert.equal(await levelOf("level1"), theirs);
  assert.notEqual(await levelOf("level2"), theirs);
  for (const name of ["level1", "level2"]) await assertLabelled(name);
});

test("a level that a conf fixes is kept, and refused if somebody else has it", async (t) => {
  const theirs = await levelOf("level1");
  await makeSleeper(t, "level3");
  await bed.run("sandboxcontainer", "set", "level3", "Level=s0:c1021,c1022");
  await bed.run("sandboxcontainer", "start", "level3");
  assert.equal(await levelOf("level3"), "s0:c1021,c1022");
  await assertLabelled("level3");
  await bed.run("systemctl", "stop", "sandbox@level3");
  await bed.try("sandboxcontainer", "set", "level3", `Level=${theirs}`);
  const { status, stderr } = await bed.try("sandboxcontainer", "start", "level3");
  assert.notEqual(status, 0);
  assert.match(stderr, new RegExp(`Level=${theirs}: something else on this host has this level`));
});
