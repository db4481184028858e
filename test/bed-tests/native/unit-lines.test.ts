import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, useBed } from "../bed.ts";

const bed = useBed("native");
const write = async (path: string, text: string): Promise<void> => {
  assert.equal((await bed.feed(text, "sh", "-c", 'mkdir -p "${1%/*}" && cat > "$1"', "sh", path)).status, 0);
};
const property = (name: string, key: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", `--property=${key}`, `sandbox@${name}`);

after(async () => {
  for (const name of ["lines1", "lines2"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("rm", "-rf", "/run/systemd/system/sandbox@lines1.service.d", "/etc/systemd/system/lines2.service.d");
  await bed.try("rm", "-f", "/etc/systemd/system/lines2.service");
  await bed.try("systemctl", "daemon-reload");
});

// F7
test("a drop-in of somebody else, such as Pacemaker's, wins over what the conf says", async () => {
  await write(
    "/etc/sandboxcontainer/lines1.conf",
    "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Service]\nRestart=always\n",
  );
  await write("/run/systemd/system/sandbox@lines1.service.d/50-pacemaker.conf", "[Service]\nRestart=no\n");
  await bed.run("systemctl", "daemon-reload");
  assert.equal(await property("lines1", "Restart"), "no");
});

// F7, inside: here our drop-in must win. Otherwise the sandbox would never end when its service dies.
test("a drop-in of the host that restarts a service does not keep its sandbox from failing", async () => {
  await write("/etc/systemd/system/lines2.service", "[Service]\nExecStart=/usr/bin/sleep infinity\n");
  await write("/etc/systemd/system/lines2.service.d/override.conf", "[Service]\nRestart=always\n");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "create", "lines2", "--unit", "lines2.service", "--start");
  await bed.run("sandboxcontainer", "execute", "lines2", "--", "pkill", "-KILL", "-x", "sleep");
  await eventually(async () => {
    assert.equal(await property("lines2", "ActiveState"), "failed");
  });
  assert.equal(await property("lines2", "Result"), "signal");
});

// F6
test("a conf with WatchdogSec= or LoadCredential= is refused with the reason, by verify and at a start", async () => {
  for (const line of ["WatchdogSec=30", "LoadCredential=key:/etc/hostname"]) {
    const key = line.replace(/=.*/, "");
    await write("/etc/sandboxcontainer/lines1.conf", `[Sandbox]\nExec=/usr/bin/sleep infinity\n[Service]\n${line}\n`);
    const verified = await bed.try("sandboxcontainer", "verify", "lines1");
    assert.equal(verified.status, 2);
    assert.match(verified.stderr + verified.stdout, new RegExp(`lines1\\.conf:4: ${key}= .*(sandbox|inside)`));
    await bed.run("systemctl", "daemon-reload");
    const started = await bed.try("sandboxcontainer", "start", "lines1");
    assert.equal(started.status, 1);
    assert.match(started.stderr, new RegExp(`${key}=`));
  }
});
