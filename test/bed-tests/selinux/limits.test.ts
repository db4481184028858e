import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("selinux");
const python = (name: string, script: string): Promise<Ran> =>
  bed.try("sandboxcontainer", "execute", name, "--", "python3", "-c", script);

/** Measures the share of one processor that a busy loop gets, over ten seconds. */
async function measureShare(name: string): Promise<number> {
  const script = `
import time
began = time.monotonic()
used = time.process_time()
while time.monotonic() < began + 10: pass
print((time.process_time() - used) / (time.monotonic() - began))`;
  return Number((await python(name, script)).stdout);
}

before(async () => {
  const command = ["--", "/usr/bin/sleep", "infinity"];
  await bed.run("sandboxcontainer", "create", "free", "--start", ...command);
  await bed.run("sandboxcontainer", "create", "bound", ...command);
  await bed.run(
    "sandboxcontainer",
    "set",
    "bound",
    "MemoryMax=60M",
    "TasksMax=20",
    "CPUQuota=20%",
    "Service.LimitNOFILE=2000:3000",
  );
  await bed.run("systemctl", "start", "sandbox@bound");
});

after(async () => {
  for (const name of ["free", "bound"]) await bed.try("sandboxcontainer", "delete", "--force", name);
});

test("as many files may be open as in a service of the host, or as LimitNOFILE= of [Service] says", async () => {
  const limits = (name: string) =>
    bed.run("sandboxcontainer", "execute", name, "--", "sed", "-n", "s/^Max open files *//p", "/proc/1/limits");
  const ofHost = await bed.run(
    "systemctl",
    "show",
    "--value",
    "-p",
    "DefaultLimitNOFILESoft",
    "-p",
    "DefaultLimitNOFILE",
  );
  assert.deepEqual((await limits("free")).split(/\s+/).slice(0, 2), ofHost.split("\n").toReversed());
  assert.match(await limits("bound"), /^2000 +3000 /);
});

test("who takes more memory than MemoryMax= is killed, and the sandbox goes on", async () => {
  const take = "print(len(bytearray(120 << 20)))";
  assert.equal((await python("free", take)).stdout, `${120 * 2 ** 20}\n`);
  const ran = await python("bound", take);
  assert.deepEqual([ran.status, ran.stdout], [137, ""]);
  assert.equal((await python("bound", "print(len(bytearray(20 << 20)))")).status, 0);
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@bound"), "active");
});

test("no more processes than TasksMax= can be made", async () => {
  const script = `
import os, time
made = []
try:
    while len(made) < 100:
        pid = os.fork()
        if pid == 0: time.sleep(60); os._exit(0)
        made.append(pid)
except BlockingIOError: pass
print(len(made))
for pid in made: os.kill(pid, 9)`;
  assert.equal((await python("free", script)).stdout, "100\n");
  const made = Number((await python("bound", script)).stdout);
  assert.ok(made > 0 && made < 20, `${made} processes`);
});

test("no more of the processors than CPUQuota= is had", async () => {
  const shares = [await measureShare("free"), await measureShare("bound")] as const;
  assert.ok(shares[0] > 0.5, `without a limit ${shares[0]}`);
  assert.ok(shares[1] > 0 && shares[1] < 0.3, `with a fifth ${shares[1]}`);
});

// F8
test("what an administrator starts inside is not spared by the memory killer, whoever starts it", async () => {
  // Its score is 0, and the lowest score that it may have is -1000. Only a write with CAP_SYS_RESOURCE changes that
  // lowest score.
  const without = "setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource";
  const spared = `choom --adjust -1000 -p $$ >/dev/null; ${without} sh -c "echo 0 >/proc/$$/oom_score_adj"`;
  const take = "sh -c 'echo -1 >/proc/self/oom_score_adj; cat /proc/self/oom_score_adj'";
  const enter = `sandboxcontainer execute free -- ${take}`;
  const control = await bed.try("bash", "-c", `${spared}; ${without} ${take}`);
  assert.equal(control.stdout, "-1\n", "the shell is spared");
  assert.equal((await bed.try("bash", "-c", `${spared}; ${enter}`)).stdout, "100\n");
  const refused = await bed.try("bash", "-c", `${spared}; ${without} ${enter}`);
  assert.deepEqual([refused.status, refused.stdout], [1, ""]);
  assert.match(refused.stderr, /memory killer.*CAP_SYS_RESOURCE/);
});

// F8
test("a libvirtd that is spared by the memory killer does not pass that on", async (context) => {
  deleteAfter(context, bed, "unspared");
  await bed.run("sandboxcontainer", "create", "unspared", "--", "/usr/bin/sleep", "infinity");
  const drop = "/run/systemd/system/libvirtd.service.d";
  const restartDaemon = () => bed.run("sh", "-c", "systemctl daemon-reload; systemctl restart libvirtd");
  await bed.run("sh", "-c", `mkdir -p ${drop}; printf '[Service]\nOOMScoreAdjust=-900\n' >${drop}/oom.conf`);
  try {
    await restartDaemon();
    await bed.run("systemctl", "start", "sandbox@unspared");
    const look = "cat /proc/1/oom_score_adj; (echo -1 >/proc/1/oom_score_adj) 2>/dev/null; cat /proc/1/oom_score_adj";
    assert.equal(await bed.run("sandboxcontainer", "execute", "unspared", "--", "sh", "-c", look), "0\n0");
  } finally {
    await bed.run("rm", "-r", drop);
    await restartDaemon();
  }
});

// A10
test("shared counts are high, have an end for each user, and leave the host more than sandboxes may take", async () => {
  const counts = ["fs/aio-max-nr", "fs/inotify/max_user_instances", "fs/inotify/max_user_watches"];
  const more = ["fs/fanotify/max_user_groups", "fs/fanotify/max_user_marks", "user/max_user_namespaces"];
  for (const count of [...counts, ...more]) {
    const value = Number(await bed.run("cat", `/proc/sys/${count}`));
    assert.ok(value >= 1_000_000 && value <= 100_000_000, `${count} is ${value}`);
  }
  const limits = (text: string): readonly number[] =>
    [...text.matchAll(/^Max (?:pending signals|msgqueue size) +(\d+|unlimited)/gm)].map(([, value]) => Number(value));
  const ofUser = limits(
    await bed.run("systemd-run", "--quiet", "--pipe", "--wait", "--uid=nobody", "cat", "/proc/self/limits"),
  );
  const ofSandbox = limits(await bed.run("sh", "-c", "cat /proc/$(cat /run/libvirt/lxc/free.pid)/limits"));
  assert.equal(ofSandbox.length, 2);
  for (const [index, most] of ofSandbox.entries())
    assert.ok(most > 1_000_000 && most < (ofUser[index] ?? 0), `${most} and ${ofUser[index]}`);
});
