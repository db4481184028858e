import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { deleteAfter, make, makeSleeper } = useSandboxes(bed);
const ask = (...words: readonly string[]) => bed.try("timeout", "60", "sandboxcontainer", ...words);
const state = "/var/lib/sandboxcontainer/lost";
const gone = (path: string): RegExp =>
  new RegExp(`the root of lost is gone: somebody removed ${path}\\. .*import --replace FILE lost`);

for (const [what, words, removed] of [
  ["a command", ["--", "/usr/bin/sleep", "infinity"], "root"],
  ["units, emptied", ["--unit", "apache2.service"], "root/*"],
] as const)
  test(`a running sandbox of ${what} whose root was removed ends at once, and the start says the ways out`, async (t) => {
    deleteAfter(t, "lost");
    await bed.run("sandboxcontainer", "create", "lost", "--start", ...words);
    await bed.run("sandboxcontainer", "snapshot", "lost", "good", "--running");
    await bed.run("sh", "-c", `rm -rf ${state}/${removed}`);
    const began = performance.now();
    const restarted = await ask("restart", "lost");
    assert.equal(restarted.status, 1);
    assert.ok(performance.now() - began < 20_000, "it took long");
    assert.match(restarted.stderr, gone(`${state}/root`));
    assert.match(restarted.stderr, /Go back to a snapshot: sandboxcontainer rollback lost good\./);
    await bed.run("sandboxcontainer", "rollback", "lost", "good");
    await bed.run("sandboxcontainer", "start", "lost");
  });

test("an image that was removed is named", async (t) => {
  await make(t, "lost", "--imagesize", "64M", "--", "/usr/bin/sleep", "infinity");
  await bed.run("rm", `${state}/root.img`);
  const started = await ask("start", "lost");
  assert.equal(started.status, 1);
  assert.match(started.stderr, gone(`${state}/root\\.img`));
});

test("without a snapshot the other ways out are named, also by verbs that need the root", async (t) => {
  await makeSleeper(t, "lost");
  await bed.run("rm", "-rf", `${state}/root`);
  for (const verb of ["start", "snapshot", "upgrade"]) {
    const { status, stderr } = await ask(verb, "lost");
    assert.equal(status, 1);
    assert.match(stderr, gone(`${state}/root`), verb);
    assert.match(stderr, /Or begin again without its data: sandboxcontainer delete lost, and create it again/);
    assert.doesNotMatch(stderr, /rollback/);
  }
});
