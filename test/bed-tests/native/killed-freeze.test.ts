import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";

const bed = useBed("native");
const shell = (commands: string): Promise<string> => bed.run("sh", "-c", commands);
const name = "frozen-k";
const state = "/var/lib/sandboxcontainer";
const writes = async (): Promise<number> =>
  (await bed.try("timeout", "20", "sandboxcontainer", "execute", name, "--", "touch", "/srv/written")).status;

/** Begins a snapshot, and runs these commands of a shell while everything is frozen. `$p` is the snapshot. */
const whileFrozen = (snapshot: string, commands: string): Promise<string> =>
  shell(
    `rm -rf ${state}/${name}/snapshots/.new-*; sandboxcontainer snapshot ${name} ${snapshot} --running & p=$!; until ls -d ${state}/${name}/snapshots/.new-* || ! kill -0 $p; do :; done >/dev/null 2>&1; ${commands}; wait $p 2>/dev/null || :`,
  );

after(() => bed.try("sandboxcontainer", "delete", "--force", name));

before(async () => {
  await bed.run("sandboxcontainer", "create", name, "-i", "400M", "--start", "--", "/usr/bin/sleep", "infinity");
  await bed.run(
    "sandboxcontainer",
    "execute",
    name,
    "--",
    "dd",
    "if=/dev/urandom",
    "of=/srv/data",
    "bs=1M",
    "count=200",
  );
});

// F3
test("what a killed command has frozen thaws at once", { timeout: 120_000 }, async () => {
  await whileFrozen("first", "kill -KILL $p");
  assert.equal(await writes(), 0);
  assert.equal(await shell("ls /run/sandboxcontainer/.frozen-* 2>/dev/null || :"), "");
});

test(
  "if what was to thaw it is killed too, doctor says so, and a stop or the next command thaws it",
  {
    timeout: 240_000,
  },
  async () => {
    const killBoth = "pkill -KILL -f '^sh -c cat >/dev/null'; kill -KILL $p";
    await whileFrozen("second", killBoth);
    const doctor = await bed.try("sandboxcontainer", "doctor");
    assert.match(doctor.stdout, new RegExp(`failed +leftovers +killed commands left these sandboxes frozen: ${name}`));
    await bed.run("timeout", "60", "systemctl", "stop", `sandbox@${name}`);
    await bed.run("timeout", "60", "systemctl", "start", `sandbox@${name}`);
    assert.equal(await writes(), 0);
    await whileFrozen("third", killBoth);
    await bed.run("timeout", "60", "sandboxcontainer", "snapshot", name, "third", "--running");
    assert.equal(await writes(), 0);
  },
);

test("a stop thaws what an administrator has suspended, so it ends at once", async () => {
  await bed.run("virsh", "--quiet", "--connect", "lxc:///system", "suspend", name);
  await bed.run("timeout", "20", "systemctl", "stop", `sandbox@${name}`);
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=Result", `sandbox@${name}`), "success");
  await bed.run("systemctl", "start", `sandbox@${name}`);
  assert.equal(await writes(), 0);
});
