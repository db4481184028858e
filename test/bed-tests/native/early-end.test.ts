import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { deleteAfter, make } = useSandboxes(bed);
const ask = (...words: readonly string[]) => bed.try("sandboxcontainer", ...words);

test("a service that fails right after its start was not started, and the reason is told", async (t) => {
  deleteAfter(t, "early");
  const created = await ask("create", "early", "--uid", "nosuch", "--start", "--", "/usr/bin/sleep", "infinity");
  assert.equal(created.status, 1);
  assert.equal(created.stdout, "");
  assert.match(created.stderr, /^sandbox early was made, but failed right after its start: [^]*no such user/);
  await bed.run("sandboxcontainer", "delete", "--force", "early");
  const failing = await ask("create", "early", "--start", "--", "/bin/false");
  assert.equal(failing.status, 1);
  assert.match(failing.stderr, /failed right after its start/);
});

test("a command that has done its work has not failed, and does not run", async (t) => {
  deleteAfter(t, "early");
  const { status, stdout } = await ask("create", "early", "--start", "--", "/bin/true");
  assert.equal(status, 0);
  assert.equal(stdout, "Created and started early, which has already ended, without an error\n");
  assert.equal((await ask("start", "early")).status, 0);
});

test("a resize that fails or would not last leaves image and conf as they were", async (t) => {
  await make(t, "early", "--imagesize", "64M", "--", "/usr/bin/sleep", "infinity");
  const image = "/var/lib/sandboxcontainer/early/root.img";
  const conf = "/etc/sandboxcontainer/early.conf";
  const assertSame = async (): Promise<void> => {
    assert.equal(await bed.run("stat", "-c", "%s", image), String(64 * 1024 ** 2));
    assert.match(await bed.run("cat", conf), /^Image=64M$/m);
  };
  const dropIn = `mkdir ${conf}.d; printf '[Sandbox]\\nImage=64M\\n' >${conf}.d/size.conf`;
  await bed.run("sh", "-c", dropIn);
  const wins = await ask("resize", "early", "96M");
  assert.equal(wins.status, 1);
  assert.match(wins.stderr, /size\.conf:2 sets another size than 96M.*Nothing was changed/);
  await assertSame();
  await bed.run("rm", "-r", `${conf}.d`);
  await bed.run("sandboxcontainer", "start", "early");
  // On this machine the kernel does not resize what is mounted, because root lacks CAP_SYS_RESOURCE. Another may.
  const grown = await ask("resize", "early", "96M");
  if (grown.status !== 0) await assertSame();
});

test("limits that this host cannot set are said to stop a start", async (t) => {
  deleteAfter(t, "early");
  const { status, stderr } = await ask(
    "create",
    "early",
    "--set",
    "MemoryMax=1G",
    "--start",
    "--",
    "/usr/bin/sleep",
    "9",
  );
  const { stdout } = await ask("doctor");
  if (status === 0) assert.doesNotMatch(stdout, /failed +(cgroup|machined)/);
  else {
    assert.match(stderr, /the limits of \[Resources\] cannot be set/);
    assert.match(stdout, /failed +(cgroup|machined) .*so early cannot start, because of limits in \[Resources\]/);
  }
  await ask("delete", "--force", "early");
  assert.doesNotMatch((await ask("doctor")).stdout, /failed +(cgroup|machined)/);
});

test("a failed start begins with what the service said, and proposes no network for a mistake in its configuration", async (t) => {
  await make(t, "early", "--unit", "nginx.service");
  await bed.run("sh", "-c", "echo 'bogus {' >>/var/lib/sandboxcontainer/early/root/etc/nginx/nginx.conf");
  const { stderr } = await ask("start", "early");
  assert.match(
    stderr,
    /^cannot start early: .*\[emerg\].* unknown directive "bogus" in \/etc\/nginx\/nginx\.conf:\d+\n/,
  );
  assert.match(stderr, /the service of early did not start\. More: journalctl -u sandbox@early\.service\n$/);
  assert.doesNotMatch(stderr, /loopback/);
});
