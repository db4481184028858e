import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");
const write = async (path: string, text: string): Promise<void> => {
  assert.equal((await bed.feed(text, "sh", "-c", 'mkdir -p "${1%/*}" && cat > "$1"', "sh", path)).status, 0);
};
const property = (name: string, key: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", `--property=${key}`, `sandbox@${name}`);

/** Removes a sandbox, and files of systemd, when the test has ended. */
function removeAfter(context: TestContext, name: string, ...paths: readonly string[]): void {
  deleteAfter(context, bed, name);
  context.after(() => bed.run("sh", "-c", `rm -rf ${paths.join(" ")}; systemctl daemon-reload`));
}

// F7
test("a drop-in of somebody else, such as Pacemaker's, wins over what the conf says", async (context) => {
  removeAfter(context, "lines1", "/run/systemd/system/sandbox@lines1.service.d");
  await write(
    "/etc/sandboxcontainer/lines1.conf",
    "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Service]\nRestart=always\n",
  );
  await write("/run/systemd/system/sandbox@lines1.service.d/50-pacemaker.conf", "[Service]\nRestart=no\n");
  await bed.run("systemctl", "daemon-reload");
  assert.equal(await property("lines1", "Restart"), "no");
});

// F7, inside: here our drop-in must win. Otherwise the sandbox would never end when its service dies.
test("a drop-in of the host that restarts a service does not keep its sandbox from failing", async (context) => {
  removeAfter(context, "lines2", "/etc/systemd/system/lines2.service.d", "/etc/systemd/system/lines2.service");
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
test("a conf with WatchdogSec= or Environment= is refused with the reason, by verify and at a start", async (context) => {
  deleteAfter(context, bed, "lines3");
  for (const line of ["WatchdogSec=30", "Environment=KEY=value"]) {
    const key = line.replace(/=.*/, "");
    await write("/etc/sandboxcontainer/lines3.conf", `[Sandbox]\nExec=/usr/bin/sleep infinity\n[Service]\n${line}\n`);
    const verified = await bed.try("sandboxcontainer", "verify", "lines3");
    assert.equal(verified.status, 2);
    assert.match(verified.stderr + verified.stdout, new RegExp(`lines3\\.conf:4: ${key}= .*(sandbox|inside)`));
    await bed.run("systemctl", "daemon-reload");
    const started = await bed.try("sandboxcontainer", "start", "lines3");
    assert.equal(started.status, 1);
    assert.match(started.stderr, new RegExp(`${key}=`));
  }
});
