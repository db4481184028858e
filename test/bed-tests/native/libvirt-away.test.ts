import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");

test("without libvirt a start says what is missing, and works when it is back", async (context) => {
  deleteAfter(context, bed, "down");
  await bed.run("sandboxcontainer", "create", "down", "--", "/usr/bin/sleep", "infinity");
  const units = ["libvirtd.socket", "libvirtd-ro.socket", "libvirtd-admin.socket", "libvirtd.service"];
  await bed.run("systemctl", "mask", "--now", "--runtime", ...units);
  const started = await bed.try("sandboxcontainer", "start", "down");
  await bed.run("systemctl", "unmask", "--runtime", ...units);
  await bed.run("systemctl", "start", "libvirtd.socket");
  assert.equal(started.status, 1);
  assert.match(started.stderr, /cannot reach libvirt.*systemctl status libvirtd/s);
  await bed.run("sandboxcontainer", "start", "down");
});

test(
  "a sandbox stops when libvirtd has gone or hangs, and nothing of it is found when it is back",
  { timeout: 600_000 },
  async (context) => {
    const dropIns = "/run/systemd/system/libvirtd.service.d";
    const heal = `systemctl kill --signal=CONT libvirtd.service; rm -rf ${dropIns}; systemctl daemon-reload; systemctl start libvirtd.service`;
    context.after(() => bed.run("sh", "-c", heal));
    deleteAfter(context, bed, "alone");
    // Otherwise libvirtd comes back by itself, 0.1 s after it was killed.
    const stayAway = `mkdir -p ${dropIns}; printf '[Service]\\nRestart=no\\n' > ${dropIns}/stay-away.conf`;
    await bed.run("sh", "-c", `${stayAway}; systemctl daemon-reload`);
    const daemon = (what: string): Promise<string> => bed.run("systemctl", what, "libvirtd.service");
    const signal = (name: string): Promise<string> =>
      bed.run("systemctl", "kill", `--signal=${name}`, "libvirtd.service");
    const daemons: readonly [string, () => Promise<string>, () => Promise<string>][] = [
      ["stopped", () => daemon("stop"), () => daemon("start")],
      ["killed", () => signal("KILL"), () => daemon("start")],
      ["hanging", () => signal("STOP"), () => signal("CONT")],
    ];
    const payloads = ["sleep infinity", "trap '' TERM; while :; do sleep 1; done"];
    for (const [state, leave, comeBack] of daemons) {
      for (const payload of state === "hanging" ? payloads.slice(0, 1) : payloads) {
        await bed.run("sandboxcontainer", "create", "alone", "--", "/usr/bin/sh", "-c", payload);
        await bed.run(
          "sh",
          "-c",
          "printf '[Service]\\nTimeoutStopSec=3\\n' >> /etc/sandboxcontainer/alone.conf; systemctl daemon-reload",
        );
        await bed.run("sandboxcontainer", "start", "alone");
        await leave();
        const began = performance.now();
        await bed.run("systemctl", "stop", "sandbox@alone");
        const seconds = (performance.now() - began) / 1000;
        await comeBack();
        assert.ok(seconds < 90, `${state}, ${payload}: ${seconds} s`);
        assert.equal(
          await bed.run(
            "sh",
            "-c",
            "ls /run/sandboxcontainer | grep alone; mount | grep alone; pgrep -f 'name [a]lone' || :",
          ),
          "",
        );
        // A daemon that hung has yet to learn of the end.
        await eventually(async () => {
          assert.doesNotMatch(await bed.run("virsh", "-c", "lxc:///system", "list", "--all"), /alone/);
        });
        await bed.run("sandboxcontainer", "start", "alone");
        await bed.run("sandboxcontainer", "delete", "--force", "alone");
      }
    }
  },
);
