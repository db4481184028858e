import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");
const install = (version: string): Promise<void> =>
  installPackage(bed, "broken-off", version, {
    "/usr/lib/systemd/system/broken-off.service": idleUnit.replace("demo", "broken-off"),
    "/etc/broken-off/conf": `${version}\n`,
  });
after(() => bed.try("dpkg", "--purge", "broken-off"));

/** Runs a command, sends it a signal when a condition of the shell holds, and prints what it said and how it ended. */
const interrupt = (signal: string, when: string, ...words: readonly string[]): Promise<string> =>
  bed.run(
    "bash",
    "-c",
    `set -m; sandboxcontainer ${words.join(" ")} 2>&1 & p=$!
     for i in $(seq 500); do ${when} && break; kill -0 $p || break; sleep 0.01; done
     kill -s ${signal} $p; wait $p; echo "status $?"`,
  );
const isActive = async (): Promise<void> =>
  eventually(async () => {
    assert.equal(await bed.run("systemctl", "is-active", "sandbox@broken-off"), "active");
  });

test("a verb that is interrupted says what is, and the sandbox runs again as before", async (context) => {
  deleteAfter(context, bed, "broken-off");
  await install("1");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "create", "broken-off", "--unit", "broken-off.service", "--start");
  const isDown = `! systemctl is-active --quiet sandbox@broken-off`;
  const conf = "/var/lib/sandboxcontainer/broken-off/root/etc/broken-off/conf";
  await install("2");
  const upgraded = await interrupt("INT", isDown, "upgrade --restart broken-off");
  assert.match(upgraded, /^interrupted: Upgrading broken-off\. .*systemd .*\nstatus 130$/);
  await isActive();
  await bed.run(
    "sh",
    "-c",
    `systemctl stop sandbox@broken-off && echo mine >${conf} && systemctl start sandbox@broken-off`,
  );
  const reverted = await interrupt("TERM", isDown, "revert --restart broken-off /etc/broken-off/conf");
  assert.match(
    reverted,
    /^interrupted: Reverting .*\. The same command again does the rest\. systemd starts broken-off again\nstatus 143$/,
  );
  await isActive();
  const restarted = await interrupt("INT", isDown, "restart broken-off");
  assert.match(restarted, /^interrupted: Restarting broken-off\. systemd goes on with it\. .*\nstatus 130$/);
  await isActive();
});

test("a copy that is interrupted is told, and done again by the same command", async (context) => {
  deleteAfter(context, bed, "broken-off", "copied");
  await bed.run("sandboxcontainer", "create", "broken-off", "--", "/usr/bin/sleep", "infinity");
  const marked = "ls /var/lib/sandboxcontainer/.unfinished-copied 2>/dev/null >&2";
  const said = await interrupt("INT", marked, "clone broken-off copied");
  assert.match(
    said,
    /^interrupted: Cloning broken-off\. (Sandbox copied is incomplete now\. The same command again|The same)/,
  );
  assert.equal((await bed.try("sandboxcontainer", "clone", "broken-off", "copied")).status, 0);
});
