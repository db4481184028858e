import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");
const shell = (commands: string): Promise<string> => bed.run("sh", "-c", commands);

// F1
test(
  "a stop whose controller has just been killed leaves the host's PID 1 where it is",
  { timeout: 300_000 },
  async (context) => {
    const dropIns = "/run/systemd/system/sandbox@crash.service.d";
    context.after(() =>
      bed.try("sh", "-c", `rm -rf ${dropIns}; systemctl daemon-reload; kill -CONT $(pidof libvirtd)`),
    );
    deleteAfter(context, bed, "crash");
    await bed.run("sandboxcontainer", "create", "crash", "--", "/usr/bin/sleep", "infinity");
    // libvirtd is stopped meanwhile. Otherwise it would end PID 1 inside before our stop looks at it.
    const kill = "kill -STOP $$(pidof libvirtd); kill -9 $$(cat /run/libvirt/lxc/crash.pid)";
    await shell(
      `mkdir -p ${dropIns}; printf '[Service]\\nExecStop=\\nExecStop=/bin/sh -c "${kill}"\\nExecStop=/usr/libexec/sandboxcontainer/stop %%i\\n' > ${dropIns}/90-kill.conf; systemctl daemon-reload`,
    );
    await bed.run("sandboxcontainer", "start", "crash");
    const init = (await shell("sed -n '/\"init\"/{n;s/[^0-9]//gp}' /run/sandboxcontainer/crash/run.json")).trim();
    const stopped = bed.try("systemctl", "stop", "sandbox@crash");
    // Our stop ends PID 1 inside by itself, before libvirtd continues.
    await eventually(async () => {
      assert.notEqual((await bed.try("test", "-d", `/proc/${init}`)).status, 0);
    });
    assert.doesNotMatch(await bed.run("cat", "/proc/1/cgroup"), /sandbox@/);
    await shell("kill -CONT $(pidof libvirtd)");
    await stopped;
    assert.doesNotMatch(await bed.run("cat", "/proc/1/cgroup"), /sandbox@/);
    await shell(`rm -rf ${dropIns}; systemctl daemon-reload; systemctl reset-failed`);
    await bed.run("sandboxcontainer", "start", "crash");
    await bed.run("sandboxcontainer", "stop", "crash");
  },
);

/** Signs that a start has reached a certain point, from the first mount until the container runs. */
const signs = [
  "/run/host/sandboxcontainer/heals",
  "/run/sandboxcontainer/heals/run.json",
  "/run/libvirt/lxc/heals.xml",
  "/run/libvirt/lxc/heals.pid",
];

// F2
test("a start after one during which libvirtd was killed heals by itself", { timeout: 300_000 }, async (context) => {
  deleteAfter(context, bed, "heals");
  await bed.run("sandboxcontainer", "create", "heals", "--", "/usr/bin/sleep", "infinity");
  let failures = 0;
  for (const sign of [...signs, ...signs]) {
    await bed.run("systemctl", "start", "libvirtd.service");
    const { status } = await bed.try(
      "sh",
      "-c",
      `daemon=$(pidof libvirtd); systemctl start sandbox@heals & p=$!; until /usr/bin/test -e ${sign} || ! kill -0 $p; do :; done 2>/dev/null; kill -9 $daemon; wait $p`,
    );
    if (status !== 0) failures++;
    await bed.run("systemctl", "start", "sandbox@heals");
    await bed.run("systemctl", "stop", "sandbox@heals");
    assert.equal(await shell("ls /run/sandboxcontainer | grep heals; pgrep -f 'name [h]eals' || :"), "", sign);
    await bed.run("systemctl", "reset-failed");
  }
  assert.ok(failures > 0, "no start was hit");
});

test("a start unmounts what a stop could not: it failed, and so did every later one", async (context) => {
  deleteAfter(context, bed, "stays");
  await bed.run("sandboxcontainer", "create", "stays", "--", "/usr/bin/sleep", "infinity");
  const root = "/run/host/sandboxcontainer/stays/root";
  // Owners that are in no map of the mount's cannot be changed, as in what a start has mounted.
  const options = "bind,X-mount.idmap=0:700000000:65536";
  await shell(`mkdir -p ${root}; mount -o ${options} /var/lib/sandboxcontainer/stays/root ${root}`);
  await bed.run("sandboxcontainer", "start", "stays");
  await bed.run("sandboxcontainer", "stop", "stays");
  assert.notEqual((await bed.try("test", "-e", root)).status, 0);
});

/** Reads the peak memory, in kB, of the helper that systemd runs for a sandbox. */
const memoryOfHelper = (name: string): Promise<string> =>
  shell(
    `p=$(systemctl show --value --property=ControlPID sandbox@${name}); sed -n 's/^VmHWM:[^0-9]*\\([0-9]*\\).*/\\1/p' /proc/$p/status`,
  );

// A5
test(
  "a reload that prints without end fails, and keeps none of it in memory",
  { timeout: 300_000 },
  async (context) => {
    context.after(() => bed.run("rm", "-f", "/etc/systemd/system/loud.service"));
    deleteAfter(context, bed, "loud");
    const unit = "[Service]\nExecStart=/usr/bin/sleep infinity\nExecReload=/bin/true\n";
    await bed.feed(unit, "sh", "-c", "cat > /etc/systemd/system/loud.service; systemctl daemon-reload");
    await bed.run("sandboxcontainer", "create", "loud", "--unit", "loud.service", "--start");
    const script =
      "printf '#!/bin/sh\\ncase $1 in show) echo yes ;; *) exec yes ;; esac\\n' > /root/yes; chmod 755 /root/yes; mount --bind /root/yes /usr/bin/systemctl";
    await bed.run("sandboxcontainer", "execute", "loud", "--", "sh", "-c", script);
    const reload = bed.try("systemctl", "reload", "sandbox@loud");
    let most = 0;
    for (let looks = 0; looks < 20; looks++)
      most = Math.max(most, Number(await memoryOfHelper("loud").catch(() => "0")));
    assert.notEqual((await reload).status, 0);
    // The runtime alone uses this much. The printed text would be gigabytes.
    assert.ok(most < 131_072, `reload has ${most} kB`);
    assert.match(await bed.journal("--unit=sandbox@loud"), /^y$/m);
  },
);
