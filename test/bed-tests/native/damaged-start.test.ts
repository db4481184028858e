import assert from "node:assert/strict";
import { before, after, test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

// What is missing must never mean fewer walls.
const bed = useBed("native");
const { make, makeSleeper } = useSandboxes(bed);
const state = "/var/lib/sandboxcontainer";
const sh = (script: string) => bed.run("sh", "-c", script);
const execute = (name: string) => bed.try("sandboxcontainer", "execute", name, "--", "echo", "inside");
const advice = (name: string): RegExp =>
  new RegExp(`Prepare it again: systemctl daemon-reload && systemctl start sandbox-root@${name}\\b`);

// Only its files are changed, and put back.
before(() =>
  bed.run("sandboxcontainer", "create", "damaged", "--publish", "8177:80", "--", "/usr/bin/sleep", "infinity"),
);
after(() => bed.try("sandboxcontainer", "delete", "--force", "damaged"));

const files = ["plan.json", "domain.xml", "configure.xml", "system-calls", "run/host/command", "run/host/outcome"];

for (const file of [...files, "../ids", "../context"])
  test(`a start without ${file}, or with an empty one, is refused and says what to do`, async () => {
    const path = `${state}/damaged/start/${file}`;
    for (const damage of [`rm ${path}`, `rm ${path}; echo >${path}`]) {
      await sh(`cp -a ${path} /root/kept && { ${damage}; }`);
      const { status, stderr } = await bed.try("sandboxcontainer", "start", "damaged");
      await sh(`rm -f ${path}; mv /root/kept ${path}; systemctl reset-failed sandbox@damaged`);
      assert.equal(status, 1, damage);
      assert.match(stderr, new RegExp(`${path.replace(/start\/\.\.\//, "")} is .*so nothing says which walls`));
      assert.match(stderr, advice("damaged"));
    }
  });

test("what it says to do makes a damaged start whole again", async (t) => {
  await makeSleeper(t, "damaged2");
  await sh(`rm ${state}/damaged2/start/plan.json ${state}/damaged2/ids`);
  assert.equal((await bed.try("sandboxcontainer", "start", "damaged2")).status, 1);
  await sh("systemctl daemon-reload && systemctl start sandbox-root@damaged2");
  await bed.run("sandboxcontainer", "start", "damaged2");
  assert.equal((await execute("damaged2")).stdout, "inside\n");
});

test("a sandbox is entered only if it is known what confines it", async (t) => {
  await makeSleeper(t, "damaged3", "--start");
  const record = "/run/sandboxcontainer/damaged3/run.json";
  for (const [damage, what] of [
    [`rm ${record}`, "is missing"],
    [`truncate --size=100 ${record}`, "is damaged"],
  ] as const) {
    await sh(damage);
    const { status, stdout, stderr } = await execute("damaged3");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, new RegExp(`${record} ${what}, so nothing says which walls damaged3 has`));
    assert.match(stderr, /systemctl restart sandbox@damaged3/);
    if (what === "is damaged") assert.match(await bed.run("sandboxcontainer", "list"), /damaged3 .*unconfined/);
    await bed.run("systemctl", "restart", "sandbox@damaged3");
    assert.equal((await execute("damaged3")).stdout, "inside\n");
  }
});

test("a sandbox is entered with the walls that it runs with, whatever its next start has", async (t) => {
  await makeSleeper(t, "damaged4", "--start");
  const filter = "sandboxcontainer execute damaged4 -- grep -E '^(Seccomp|Cap)' /proc/self/status";
  const before = await sh(filter);
  await sh(`echo '1 6 0 0 2147418112' >${state}/damaged4/start/system-calls`);
  assert.equal(await sh(filter), before);
  await sh(`rm -r ${state}/damaged4/start`);
  assert.equal(await sh(filter), before);
  await bed.run("systemctl", "stop", "sandbox@damaged4");
});

test("what version 0.1.0 prepared is prepared again, and what it started is entered, reloaded and stopped", async (t) => {
  await make(t, "earlier", "--unit", "apache2.service", "--start");
  // It had small files, none of which said Label=none, and its stamps had another hash.
  await sh(
    `cd /run/sandboxcontainer/earlier && rm run.json && echo 0 >started && p=$(cat /run/libvirt/lxc/earlier.pid) &&
    for each in $(cat /proc/$p/task/$p/children) $p; do sed 's/.*) //' /proc/$each/stat | cut -d ' ' -f 20 | sed "s/^/$each /"; done | paste -sd ' ' >init`,
  );
  await sh(
    `cd ${state}/earlier && rm start/plan.json && echo apache2.service >start/units && mv populated-* populated-0123456789abcdef-0`,
  );
  assert.equal((await execute("earlier")).stdout, "inside\n");
  assert.doesNotMatch(await bed.run("sandboxcontainer", "list"), /earlier .*unconfined/);
  await bed.run("systemctl", "reload", "sandbox@earlier");
  await bed.run("systemctl", "stop", "sandbox@earlier");
  await bed.run("systemctl", "start", "sandbox@earlier");
  assert.equal((await execute("earlier")).stdout, "inside\n");
  assert.equal(
    await sh(`cd ${state}/earlier && ls start/plan.json && ls -d populated-* | wc -l`),
    "start/plan.json\n1",
  );
});

test("a record of an earlier boot is that of no running sandbox, whoever has its numbers now", async (t) => {
  await makeSleeper(t, "damaged5", "--start");
  const record = "/run/sandboxcontainer/damaged5/run.json";
  await sh(
    `cp -a ${record} /root/kept; systemctl stop sandbox@damaged5; sleep 300 >/dev/null 2>&1 & echo $! >/root/other`,
  );
  t.after(() => sh("kill $(cat /root/other); rm /root/other /root/kept"));
  for (const edit of ["", 's/"pid": [0-9]*/"pid": \'$(cat /root/other)\'/']) {
    await sh(`mkdir -p $(dirname ${record}); sed '${edit}' /root/kept >${record}; chmod 600 ${record}`);
    const { status, stdout, stderr } = await execute("damaged5");
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(stderr, /sandbox damaged5 is not running/);
    assert.match(await bed.run("sandboxcontainer", "list"), /^damaged5 +inactive/m);
    await bed.run("sandboxcontainer", "start", "damaged5");
    assert.equal((await execute("damaged5")).stdout, "inside\n");
    await bed.run("systemctl", "stop", "sandbox@damaged5");
    await sh("kill -0 $(cat /root/other)");
  }
});

test("a launch that systemd has not begun as the sandbox's service is refused, and harms no start", async (t) => {
  await makeSleeper(t, "damaged6");
  const launch = "/usr/libexec/sandboxcontainer/launch damaged6";
  const refused =
    "launch is a part of sandbox@damaged6.service, and does nothing elsewhere. Start it with systemctl start sandbox@damaged6.service";
  await sh("systemctl start --no-block sandbox@damaged6");
  for (const each of [launch, `systemd-run --quiet --pipe --service-type=notify ${launch}`, launch]) {
    const { status, stderr } = await bed.try("sh", "-c", each);
    assert.notEqual(status, 0);
    assert.ok(stderr.includes(refused), stderr);
  }
  await bed.run("systemctl", "start", "sandbox@damaged6");
  assert.equal((await execute("damaged6")).stdout, "inside\n");
});
