import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { make, makeSleeper } = useSandboxes(bed);
const shell = (commands: string): Promise<string> => bed.run("sh", "-c", commands);

const detach = "/usr/libexec/sandboxcontainer/detach";
const record = "/run/detached";

// It does what it always does, and says for whom.
before(async () => {
  const wrapper = `#!/bin/sh\necho "$1" >>${record}\nexec /usr/lib/sandboxcontainer/runtime detach "$0" "$@"\n`;
  await bed.feed(wrapper, "sh", "-c", `cat >${record}.sh; chmod +x ${record}.sh; mount --bind ${record}.sh ${detach}`);
});

beforeEach(() => shell(`: >${record}`));

after(() => bed.try("sh", "-c", `umount ${detach}; rm -f ${record} ${record}.sh`));

const whoDetached = (): Promise<string> => shell(`sort -u ${record}`);

/** Asserts that nothing of a sandbox is left in /run, and how its unit ended. */
async function assertGone(name: string, result: string): Promise<void> {
  const show = ["show", "--value", "--property=ActiveState,Result", `sandbox@${name}`];
  await eventually(async () => {
    assert.match(await bed.run("systemctl", ...show), /^(?:inactive|failed)$/m);
  });
  assert.match(await bed.run("systemctl", ...show), new RegExp(`^${result}$`, "m"));
  assert.equal(await shell(`grep -c '/sandboxcontainer/${name}' /proc/self/mountinfo || :`), "0");
  assert.equal(await shell(`ls -A /run/sandboxcontainer /run/host/sandboxcontainer | grep '${name}' || :`), "");
  assert.equal(await shell(`find /run/sandboxcontainer -type l -lname '${name} *'`), "");
}

test("a stop takes down all by itself, and detach does not start", async (t) => {
  await bed.run("mkdir", "-p", "/srv/stops");
  await makeSleeper(t, "stops1", "--mount", "host-bind:/srv/stops=/srv/stops", "--mount", "ram:/srv/ram=1M");
  await makeSleeper(t, "stops2", "--network", "default");
  await make(t, "stops3", "--unit", "apache2.service", "--publish", "8216:80");
  // The first configuration ends by detach.
  await shell(`systemctl start sandbox@stops3 && : >${record}`);
  for (const name of ["stops1", "stops2", "stops3"]) {
    await bed.run("systemctl", "start", `sandbox@${name}`);
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    await assertGone(name, "success");
  }
  assert.equal(await whoDetached(), "");
  // They start again, so nobody holds what they had.
  for (const name of ["stops1", "stops2", "stops3"]) await bed.run("systemctl", "restart", `sandbox@${name}`);
});

test("a service that ends without an error is taken down by a stop as well", async (t) => {
  await make(t, "stops", "--", "/usr/bin/sleep", "0.5");
  await bed.run("systemctl", "start", "sandbox@stops");
  await assertGone("stops", "success");
  assert.equal(await whoDetached(), "");
});

test("after a failure and after a kill, detach cleans up", async (t) => {
  await make(t, "stops", "--", "/usr/bin/sh", "-c", "sleep 0.5; exit 3");
  await bed.run("systemctl", "start", "sandbox@stops");
  await assertGone("stops", "exit-code");
  assert.equal(await whoDetached(), "stops");
  await makeSleeper(t, "stopped");
  await bed.run("systemctl", "start", "sandbox@stopped");
  await shell("kill -9 $(cat /run/libvirt/lxc/stopped.pid)");
  await assertGone("stopped", "signal");
  assert.equal(await whoDetached(), "stopped\nstops");
});

test("a status of a service that was asked to end is the one of its unit", async (t) => {
  await make(t, "stops", "--", "/usr/bin/sh", "-c", "trap 'exit 5' TERM; sleep infinity & wait");
  await bed.run("systemctl", "start", "sandbox@stops");
  await bed.run("systemctl", "stop", "sandbox@stops");
  await assertGone("stops", "exit-code");
  assert.equal(await whoDetached(), "stops");
});

test("a start that is stopped before it makes a file gives up what it has claimed", async (t) => {
  await makeSleeper(t, "stops");
  const folder = "/run/sandboxcontainer";
  t.after(() => bed.try("sh", "-c", `rm -f ${folder}/.starting-other*; systemctl stop hold-turns`));
  // It waits for its turn, because others seem to start.
  await shell(`mkdir -p ${folder}; touch ${folder}/.starting-other1 ${folder}/.starting-other2`);
  const locks = [0, 1, 2, 3].map((turn) => `flock ${folder}/.turn-${turn}`).join(" ");
  await shell(`systemd-run --unit=hold-turns --collect ${locks} sleep 100`);
  await bed.run("systemctl", "start", "--no-block", "sandbox@stops");
  await eventually(async () => {
    assert.match(await shell(`find ${folder} -type l -lname 'stops *'`), /\.ids-0:/);
    await bed.run("test", "-e", `${folder}/.starting-stops`);
  });
  assert.equal((await bed.try("test", "-e", `${folder}/stops`)).status, 1);
  await bed.run("systemctl", "stop", "sandbox@stops");
  await assertGone("stops", "success");
  assert.equal(await whoDetached(), "stops");
});

test("what is left although a stop has taken down is left for detach", async (t) => {
  await makeSleeper(t, "stops");
  await bed.run("systemctl", "start", "sandbox@stops");
  // It is nobody's, so no stop removes it.
  await bed.run("touch", "/run/sandboxcontainer/stops/of-somebody");
  await bed.run("systemctl", "stop", "sandbox@stops");
  assert.equal(await whoDetached(), "stops");
  await bed.run("rm", "-r", "/run/sandboxcontainer/stops");
});
