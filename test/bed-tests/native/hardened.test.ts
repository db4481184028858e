import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually, type Ran, useBed } from "../bed.ts";

const bed = useBed("native");
const names = ["demanding", "modest", "lost", "skipped"];
const writeUnit = async (name: string, text: string): Promise<void> => {
  assert.equal((await bed.feed(text, "sh", "-c", `cat > /etc/systemd/system/${name}.service`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
};
const create = (name: string): Promise<Ran> =>
  bed.try("sandboxcontainer", "create", name, "--unit", `${name}.service`, "--start");
const readCleared = async (name: string): Promise<unknown> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { cleared: unknown }).cleared;
const drop = "/etc/systemd/system";

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("rm", "-f", ...names.map((name) => `${drop}/${name}.service`));
  await bed.try("systemctl", "daemon-reload");
});

test("of a unit that asks for what cannot be, that is turned off, show tells it, and the next start does not try it again", async () => {
  const impossible = ["CPUSchedulingPolicy=rr", "IOSchedulingClass=realtime"];
  const fine = ["PrivateTmp=yes", "ProtectSystem=strict", "PrivateUsers=yes", "ProtectProc=invisible", "User=nobody"];
  await writeUnit(
    "demanding",
    ["[Service]", "ExecStart=/usr/bin/sleep infinity", ...impossible, ...fine, ""].join("\n"),
  );
  const created = await create("demanding");
  assert.equal(created.status, 0, created.stderr);
  assert.deepEqual(
    await readCleared("demanding"),
    impossible.map((line) => `demanding.service: ${line}`),
  );
  const { stdout } = await bed.try(
    ...["sandboxcontainer", "execute", "demanding", "--", "systemctl", "show", "demanding.service"],
    "--property=PrivateTmp,ProtectSystem,PrivateUsers,ProtectProc,User",
  );
  assert.deepEqual(stdout.trim().split("\n").sort(), fine.sort());
  await eventually(async () => {
    assert.match(await bed.journal("-u", "sandbox@demanding"), /turned off CPUSchedulingPolicy=rr/);
  });
  const before = (await bed.run("journalctl", "-q", "-n", "0", "--show-cursor")).replace("-- cursor: ", "");
  await bed.run("systemctl", "restart", "sandbox@demanding");
  assert.deepEqual(await readCleared("demanding"), [
    "demanding.service: CPUSchedulingPolicy=rr",
    "demanding.service: IOSchedulingClass=realtime",
  ]);
  await eventually(async () => {
    const journal = await bed.run("journalctl", "-o", "cat", "-u", "sandbox@demanding", `--after-cursor=${before}`);
    assert.match(journal, /Started sandbox@demanding/);
    assert.doesNotMatch(journal, /turned off/);
  });
});

test("nothing is turned off for a unit that runs as it is", async () => {
  const hardened = ["DynamicUser=yes", "StateDirectory=modest", "PrivateUsers=yes", "PrivateDevices=yes"];
  const more = ["ProtectSystem=strict", "NoExecPaths=/", "ExecPaths=/usr", "SystemCallFilter=@system-service"];
  await writeUnit("modest", ["[Service]", "ExecStart=/usr/bin/sleep infinity", ...hardened, ...more, ""].join("\n"));
  const created = await create("modest");
  assert.equal(created.status, 0, created.stderr);
  assert.deepEqual(await readCleared("modest"), []);
  const found = await bed.try("sandboxcontainer", "execute", "modest", "--", "find", drop, "-name", "*cleared*");
  assert.equal(found.stdout, "");
});

test("a unit that fails before its program for another reason fails the start, and loses nothing", async () => {
  await writeUnit(
    "lost",
    "[Service]\nExecStart=/usr/bin/sleep infinity\nWorkingDirectory=/nowhere\nProtectSystem=strict\n",
  );
  const created = await create("lost");
  assert.equal(created.status, 1);
  assert.match(created.stderr, /200\/CHDIR/);
  await eventually(async () => {
    assert.match(
      (await bed.try("systemctl", "status", "--lines=20", "sandbox@lost")).stdout,
      /working directory failed/,
    );
  });
  assert.deepEqual(await readCleared("lost"), []);
});

test("a unit that a condition skips is a failed start that says which condition", async () => {
  const write = (condition: string): Promise<void> =>
    writeUnit("skipped", `[Unit]\n${condition}\n[Service]\nExecStart=/usr/bin/sleep infinity\n`);
  await write("ConditionCapability=CAP_SYS_TIME");
  const refused = await create("skipped");
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /cannot run in a sandbox: it has ConditionCapability=CAP_SYS_TIME/);
  // Only the inside knows whether a path exists.
  await write("ConditionPathExists=/etc/no-such-file");
  const created = await create("skipped");
  assert.equal(created.status, 1);
  assert.match(created.stderr, /ConditionPathExists=\/etc\/no-such-file was not met/);
  assert.equal((await bed.try("systemctl", "is-active", "sandbox@skipped")).stdout, "failed\n");
});
