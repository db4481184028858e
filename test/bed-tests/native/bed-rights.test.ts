import assert from "node:assert/strict";
import { after, test } from "node:test";
import { useBed } from "../bed.ts";

// The bed itself: it shares the kernel of this machine, and must leave the machine alone.
const bed = useBed("native");
const lines = (text: string): readonly string[] => text.split("\n").filter((line) => line !== "");

// Each call is harmless if it is allowed: it sets what is, or fails for another reason. The numbers are those of x86-64.
const attempts = `import ctypes, errno, os, time
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *words):
    ctypes.set_errno(0)
    result = libc.syscall(*[word if isinstance(word, bytes) else ctypes.c_long(word) for word in words])
    print(name, errno.errorcode.get(ctypes.get_errno(), "done") if result == -1 else "done")
def attempt(name, action):
    try: action(); print(name, "done")
    except OSError as error: print(name, errno.errorcode[error.errno])
attempt("the clock", lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))
call("a module", 175, 0, 0, b"")
call("removes a module", 176, b"no-such-module", 0)
call("the log", 103, 7, 0, 0)
call("ports", 172, 3)
call("another kernel", 246, 0, 0, 0, -1)
call("a reboot", 169, 0, 0, 0, 0)
attempt("reads the log", lambda: os.open("/proc/kmsg", os.O_RDONLY | os.O_NONBLOCK))
attempt("memory", lambda: os.open("/proc/kcore", os.O_RDONLY))
attempt("a setting", lambda: os.open("/proc/sys/kernel/panic", os.O_WRONLY))
attempt("sleep", lambda: os.open("/sys/power/pm_async", os.O_WRONLY))
`;
const begin = ["python3", "-c", attempts] as const;

after(() => bed.try("systemctl", "reset-failed"));

test("root in the bed has no right over the machine, neither what is run in it nor a service of it", async () => {
  const service = ["systemd-run", "--quiet", "--pipe", "--wait", "--collect"];
  for (const way of [begin, [...service, ...begin]]) {
    const tried = lines(await bed.run(...way));
    assert.equal(tried.length, 11);
    // The kernel may lack a call or a file.
    assert.deepEqual(
      tried.filter((line) => !/ (?:EPERM|EROFS|ENOSYS|ENOENT)$/.test(line)),
      [],
    );
    assert.ok(tried.includes("the clock EPERM") && tried.includes("a setting EROFS"), tried.join("\n"));
  }
});

test("a time zone can be set, and moves no clock", async () => {
  // What follows would move the clock of this machine.
  assert.match(await bed.run(...begin), /^the clock EPERM$/m);
  const offset = async (): Promise<number> => Date.now() - 1000 * Number(await bed.run("date", "+%s.%N"));
  const before = await bed.run("timedatectl", "show", "--property=Timezone", "--value");
  try {
    await bed.run("timedatectl", "set-timezone", "Asia/Tokyo");
    assert.equal(await bed.run("date", "+%Z"), "JST");
    assert.ok(Math.abs(await offset()) < 60_000);
  } finally {
    await bed.run("timedatectl", "set-timezone", before);
  }
});

test("no file of proc and sysfs can be written but those of the bed's own network", async () => {
  const own = ["/proc/[0-9]*", "/proc/self", "/proc/thread-self", "/proc/sys/net", "/sys/fs/cgroup"];
  const leaveOut = [...own, "/sys/devices/virtual/net"].flatMap((path) => ["-path", path, "-prune", "-o"]);
  const found = await bed.run(
    ...["find", "/proc", "/sys", ...leaveOut],
    ...["-type", "f", "-perm", "/222", "-writable", "-print"],
  );
  // These only tell whoever writes about its own waits.
  assert.deepEqual(
    lines(found).filter((path) => !path.startsWith("/proc/pressure/")),
    [],
  );
  assert.match(await bed.run("find", "/proc/sys/net/ipv4/ip_forward", "-writable"), /ip_forward/);
});

test("there are no devices of the machine but loop devices", async () => {
  const found = await bed.run("find", "/dev", "-type", "b", "-o", "-type", "c");
  const usual = /^\/dev\/(?:autofs|full|fuse|loop\d+|loop-control|net\/tun|null|pts\/.*|random|tty|urandom|zero)$/;
  assert.deepEqual(
    lines(found).filter((path) => !usual.test(path)),
    [],
  );
});
