import assert from "node:assert/strict";
import { before, after, test } from "node:test";
import { useBed } from "../bed.ts";
import { useCommand } from "../command.ts";

// systemd presets all units at a first boot (machine-id(5)). Inside, that are all units of the host's /usr.
const bed = useBed("native");
const { command } = useCommand(bed);
const inside = async (script: string) => (await command("execute", "boots", "--", "sh", "-c", script)).stdout;
const listUnits = () =>
  inside("systemctl list-units --plain --no-legend --type=service --state=running | cut -d' ' -f1");
const listLinks = () => inside("find /etc/systemd/system /etc/systemd/user -type l 2>/dev/null | sort");

before(() => bed.run("sandboxcontainer", "create", "boots", "--unit", "apache2.service", "--start"));
after(() => bed.try("sandboxcontainer", "delete", "--force", "boots"));

for (const [what, change] of [
  ["is missing", "true"],
  ["is empty", ": >machine-id"],
  ["is uninitialized", "echo uninitialized >machine-id"],
  ["is nonsense", "echo nonsense >machine-id"],
  ["is a link to nothing", "ln -s /nothing machine-id"],
  ["is a link to uninitialized", "echo uninitialized >word; ln -s word machine-id"],
  ["is missing, and so are most files of /etc/systemd", "rm -rf systemd"],
] as const)
  test(`no boot inside is the first one, also if /etc/machine-id ${what}`, async () => {
    const [units, links] = [await listUnits(), await listLinks()];
    assert.match(units, /^apache2\.service$/m);
    await inside(`cd /etc && rm -rf machine-id && ${change}`);
    const kept = change.includes("systemd") ? "" : links;
    // Seven starts in ten seconds are more than StartLimitBurst= allows.
    await bed.run("systemctl", "reset-failed", "sandbox@boots");
    await bed.run("systemctl", "restart", "sandbox@boots");
    assert.equal(await listUnits(), units);
    assert.equal(await listLinks(), kept);
    assert.equal(await inside("ls /run/systemd/first-boot 2>/dev/null"), "");
  });
