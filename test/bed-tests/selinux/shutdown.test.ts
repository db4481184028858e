import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, useBed } from "../bed.ts";

const bed = useBed("selinux");
const seconds = 100;

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "slow");
  await bed.try(
    "sh",
    "-c",
    "rm -f /etc/systemd/system/slow.service /etc/systemd/system/slow-needs.service; systemctl daemon-reload",
  );
});

// F5
test(
  "at a reboot a service has all the time that it may take to stop, and nothing inside is ended before",
  { timeout: 900_000 },
  async () => {
    // A second unit must live until the service has ended. systemd inside stops it after the service. With `mixed` it
    // asks only the shell to end, and not also the sleep that the shell then starts.
    const slow = `[Unit]\nAfter=slow-needs.service\nWants=slow-needs.service\n[Service]\nTimeoutStopSec=300\nKillMode=mixed\nExecStart=/bin/sh -c 'trap "sleep ${seconds}; systemctl is-active slow-needs > /var/slow-ended; exit" TERM; while :; do sleep 1; done'\n`;
    const needs = "[Service]\nExecStart=/bin/sleep infinity\n";
    await bed.feed(slow, "sh", "-c", "cat > /etc/systemd/system/slow.service");
    await bed.feed(needs, "sh", "-c", "cat > /etc/systemd/system/slow-needs.service; systemctl daemon-reload");
    const units = ["--unit", "slow.service", "--unit", "slow-needs.service"];
    await bed.run("sandboxcontainer", "create", "slow", ...units);
    const conf = "\n[Service]\nTimeoutStopSec=400\n";
    await bed.feed(conf, "sh", "-c", "cat >> /etc/sandboxcontainer/slow.conf; systemctl daemon-reload");
    await bed.run("sandboxcontainer", "start", "slow");
    const began = performance.now();
    await bed.reboot();
    assert.ok(performance.now() - began > seconds * 1000, "the reboot did not wait");
    await eventually(async () => {
      const ended = await bed.run("cat", "/var/lib/sandboxcontainer/slow/root/var/slow-ended");
      assert.equal(ended, "active");
    });
  },
);
