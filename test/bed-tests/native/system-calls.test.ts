import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";
import { seal } from "../seal.ts";

const bed = useBed("native");
const { make } = useSandboxes(bed);
const inside = (name: string, ...command: readonly string[]) =>
  bed.try("sandboxcontainer", "execute", name, "--", ...command);

// Prints the error of a system call, or 0. The numbers are those of x86-64.
const script = `import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
result = libc.syscall(*[ctypes.c_long(int(word)) for word in sys.argv[1:]])
print(ctypes.get_errno() if result == -1 else 0)`;
const call = async (name: string, ...words: readonly number[]): Promise<number> =>
  Number((await inside(name, "python3", "-c", script, ...words.map(String))).stdout);
const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];

before(async () => {
  await bed.run("sandboxcontainer", "create", "calls1", "--unit", "cron.service", "--start");
  await bed.run("sandboxcontainer", "create", "calls2", "--start", "--", "/usr/bin/sleep", "infinity");
});

after(() => bed.try("sandboxcontainer", "delete", "--force", "calls1", "calls2"));

test("PID 1, its services and what enters have a filter, and set-user-id programs work", async () => {
  for (const name of ["calls1", "calls2"]) {
    const all = (await inside(name, "sh", "-c", "cat /proc/[0-9]*/status")).stdout;
    assert.deepEqual(new Set(all.match(/^Seccomp:.*/gm)), new Set(["Seccomp:\t2"]));
    const status = (await inside(name, "cat", "/proc/1/status", "/proc/self/status")).stdout;
    assert.deepEqual(status.match(/^NoNewPrivs:.*/gm), ["NoNewPrivs:\t0", "NoNewPrivs:\t0"]);
    const setId =
      "cp /usr/bin/id /root/id && chmod 4755 /root/id && chmod 755 /root && setpriv --reuid 65534 /root/id -u";
    assert.equal((await inside(name, "sh", "-c", setId)).stdout, "0\n");
  }
});

test("calls that no service needs fail, and unknown ones do not exist", async () => {
  for (const name of ["calls1", "calls2"]) {
    assert.equal(await call(name, 425, 1, 0), EPERM, "io_uring_setup");
    assert.equal(await call(name, 250, 0, 0), EPERM, "keyctl");
    assert.equal(await call(name, 600), ENOSYS);
    assert.equal(await call(name, 0x40000000 + 39), ENOSYS, "getpid of x32");
    assert.equal(await call(name, 41, 40, 1, 0), EAFNOSUPPORT, "socket, AF_VSOCK");
    assert.equal(await call(name, 41, 2, 1, 0), 0, "socket, AF_INET");
    assert.equal(await call(name, 141, 0, 0, -20), 0, "setpriority");
  }
});

test("systemd inside may make namespaces, a command may not", async () => {
  assert.equal(await call("calls1", 272, 0x10000000), 0, "unshare, CLONE_NEWUSER");
  assert.equal(await call("calls2", 272, 0x10000000), EPERM);
});

test("SystemCallFilter= widens and narrows it, and what it does not know is refused", async (t) => {
  await make(t, "calls3", "--unit", "cron.service");
  await bed.run("sandboxcontainer", "set", "calls3", "SystemCallFilter=keyctl", "SystemCallFilter=~@clock unshare");
  await bed.run("sandboxcontainer", "start", "calls3");
  assert.notEqual(await call("calls3", 250, 0, 0), EPERM);
  assert.equal(await call("calls3", 272, 0x400), EPERM);
  for (const [word, message] of [
    ["userfaultd", /userfaultd is not a system call; the nearest is userfaultfd/],
    ["@nope", /@nope is not a group of system calls/],
  ] as const) {
    await bed.try("sandboxcontainer", "set", "calls3", `SystemCallFilter=${word}`);
    const started = await bed.try("sandboxcontainer", "restart", "calls3");
    assert.notEqual(started.status, 0);
    assert.match(started.stderr, message);
  }
});

test("what enters a sandbox leaves the keys of its session behind", async (t) => {
  await make(t, "calls5", "--unit", "cron.service");
  await bed.run("sandboxcontainer", "set", "calls5", "SystemCallFilter=@keyring");
  const searching = `import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def found():
    return libc.syscall(250, 10, ctypes.c_long(-3), b"user", b"calls5", 0) != -1`;
  const session = `import subprocess, sys
${searching}
libc.syscall(250, 1, None)
libc.syscall(248, b"user", b"calls5", b"secret", 6, ctypes.c_long(-3))
assert found()
subprocess.run(["sandboxcontainer", "start", "calls5"], check=True)
sys.exit(subprocess.run(["sandboxcontainer", "execute", "calls5", "--", "python3", "-c", sys.argv[1]]).returncode)`;
  const { status, stdout, stderr } = await bed.try(
    "python3",
    "-c",
    session,
    `${searching}
print(found())`,
  );
  assert.deepEqual([status, stdout, stderr], [0, "False\n", ""]);
});

test("a filter that is damaged or missing fails the start", async (t) => {
  await make(t, "calls4", "--unit", "cron.service", "--start");
  await bed.run("systemctl", "stop", "sandbox@calls4");
  const domain = "/var/lib/sandboxcontainer/calls4/start/domain.xml";
  await bed.run("sed", "-i", "s|<initarg>[0-9]* [0-9 ]*</initarg>|<initarg>3 6 0 0 0</initarg>|", domain);
  assert.match(await bed.run("cat", domain), /<initarg>3 6 0 0 0</);
  const start = () => bed.try("sandboxcontainer", "start", "calls4");
  assert.match((await start()).stderr, /start\/domain\.xml is not as it was prepared.*sandbox-root@calls4/);
  await seal(bed, "calls4");
  assert.notEqual((await start()).status, 0);
  assert.match(await bed.journal("--unit", "sandbox@calls4"), /the system call filter is damaged/);
});
