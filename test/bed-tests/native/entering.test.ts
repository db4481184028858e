import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { makeSleeper } = useSandboxes(bed);
const shell = (script: string): Promise<string> => bed.run("timeout", "120", "bash", "-c", script);

before(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "entered");
  await bed.run("sandboxcontainer", "create", "entered", "--unit", "apache2.service", "--start");
});

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "entered");
});

/** Whether a stop of the sandbox is quick. It is started again. */
async function stopsQuickly(name: string): Promise<void> {
  const began = Date.now();
  await bed.run("systemctl", "stop", `sandbox@${name}`);
  assert.ok(Date.now() - began < 30_000, `the stop took ${Date.now() - began} ms`);
  await bed.run("systemctl", "start", `sandbox@${name}`);
}

const traced = `python3 -c 'import ctypes,threading
libc=ctypes.CDLL(None)
t=threading.Thread(target=lambda: libc.ptrace(0,0,0,0)); t.start(); t.join()
print("done")'`;

test("a thread that asks to be traced and ends keeps neither the command nor the stop from ending", async () => {
  assert.equal(await shell(`timeout 60 sandboxcontainer execute entered -- ${traced}`), "done");
  await stopsQuickly("entered");
});

test("a command that asks to be traced goes on after each signal", async () => {
  const script = `python3 -c 'import ctypes,os,signal
ctypes.CDLL(None).ptrace(0,0,0,0); signal.signal(10, lambda *_: print("caught",flush=True)); os.kill(os.getpid(),10); print("on")'`;
  assert.equal(await shell(`timeout 60 sandboxcontainer execute entered -- ${script}`), "caught\non");
});

test("a PID 1 that goes 40 groups with long names deep keeps nobody from entering, reloading or stopping", async () => {
  // With version 1 the groups of systemd inside are in a hierarchy of their own.
  const script = `import os, re
own = re.search(r"^\\d+:name=(systemd):(.*)/init.scope$", open("/proc/1/cgroup").read(), re.M)
os.chdir("/sys/fs/cgroup/" + "".join(own.groups() if own else ()))
for number in range(40): os.mkdir("g" * 200); os.chdir("g" * 200)
open("cgroup.procs", "w").write("1"); print(max(map(len, open("/proc/1/cgroup").read().split())))`;
  const length = await bed.run("sandboxcontainer", "execute", "entered", "--", "python3", "-c", script);
  assert.ok(Number(length) > 4000, "the kernel cuts the path off");
  assert.equal(await shell("sandboxcontainer execute entered -- echo in"), "in");
  await bed.run("systemctl", "reload", "sandbox@entered");
  await stopsQuickly("entered");
});

test("a command that stops its process group stops nothing of the host, and the sandbox stops at once", async () => {
  await shell("sandboxcontainer execute entered -- sh -c 'kill -STOP 0' </dev/null >/dev/null 2>&1 & sleep 1");
  await stopsQuickly("entered");
});

test("the sandbox stops at once while the program that entered it is stopped, as by Ctrl-Z", async () => {
  await shell(`sandboxcontainer execute entered -- sleep 7654 </dev/null >/dev/null 2>&1 &
    until pgrep --full '^sleep 7654'; do sleep 0.1; done
    kill -STOP "$(pgrep --oldest --full '^/usr/libexec/sandboxcontainer/enter .* sleep 7654')"`);
  await stopsQuickly("entered");
  await bed.try("pkill", "-KILL", "--full", "^/usr/libexec/sandboxcontainer/enter .* sleep 7654");
});

test("the sandbox stops at once while the parent of the command that entered it is stopped", async () => {
  await shell(`sandboxcontainer execute entered -- sleep 7656 </dev/null >/dev/null 2>&1 &
    until pgrep --full '^sleep 7656'; do sleep 0.1; done
    kill -STOP $(ps --no-headers -o ppid "$(pgrep --full '^sleep 7656')")`);
  await stopsQuickly("entered");
  assert.equal((await bed.try("pgrep", "--full", "sleep 7656")).status, 1, "nothing of it is left");
});

test("when what entered is killed, nothing that it began for the command holds rights of the host", async () => {
  const left = await shell(`sandboxcontainer execute entered -- sleep 7655 </dev/null >/dev/null 2>&1 &
    until pgrep --full '^sleep 7655'; do sleep 0.1; done
    kill -KILL "$(pgrep --oldest --full '^/usr/libexec/sandboxcontainer/enter .* sleep 7655')"
    while pgrep --full '^/usr/libexec/sandboxcontainer/enter .* sleep 7655' >/dev/null; do sleep 0.1; done; echo none`);
  assert.equal(left.split("\n").at(-1), "none");
  await stopsQuickly("entered");
});

/** The words of `enter`, as Python has them, for a command of a sandbox. */
const words = (name: string, ...command: readonly string[]): string => `
def words():
    from subprocess import check_output
    controller = check_output(["pgrep", "--oldest", "--full", "libvirt_lxc.* --name ${name} "], text=True).strip()
    pid = open(f"/proc/{controller}/task/{controller}/children").read().split()[0]
    began = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[19]
    calls = open("/var/lib/sandboxcontainer/${name}/start/system-calls").read()
    return ["/usr/libexec/sandboxcontainer/enter", "--filter", calls,
        f"{pid}:{began}", *${JSON.stringify(command)}]
`;
const python = (script: string): Promise<string> => bed.run("timeout", "120", "python3", "-c", script);

const stopAll = `python3 -c 'import os,signal
while True:
  try: os.kill(-1, signal.SIGSTOP)
  except OSError: pass'`;

test("if root inside stops whatever enters, a caller who kills it keeps none of its own files open, and a copy can be ended", async (t) => {
  await makeSleeper(t, "stopped", "--start");
  await shell(`sandboxcontainer execute stopped -- ${stopAll} </dev/null >/dev/null 2>&1 & sleep 3`);
  const held = await python(`${words("stopped", "/usr/bin/true")}
import subprocess, select
held = 0
for _ in range(20):
    entry = subprocess.Popen(words(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try: entry.wait(0.3)
    except subprocess.TimeoutExpired: entry.kill()
    held += not select.select([entry.stdout], [], [], 3)[0]
print(held)`);
  assert.equal(held, "0");
  // 137 would be the second signal of timeout(1). A copy may also be faster than the stop.
  const copy = "timeout --kill-after=20 5 sandboxcontainer copy-from stopped /etc/hostname /tmp/ 2>/dev/null; echo $?";
  assert.notEqual(await shell(copy), "137");
  // What is stopped would not end when it is asked to, either.
  await bed.run("pkill", "-KILL", "--full", "^python3 -c import os,signal");
  await bed.run("pkill", "-CONT", "--exact", "sleep");
  await stopsQuickly("stopped");
});

test("the sandbox stops at once if the program that enters it is stopped before it knows the command", async (t) => {
  await makeSleeper(t, "halted", "--start");
  await python(`${words("halted", "/usr/bin/sleep", "7656")}
import subprocess, time
trace = ["strace", "--output=/dev/null", "--trace=recvfrom", "--inject=recvfrom:signal=SIGSTOP:when=1"]
# In our process group the kernel would let it go on when we end.
none = subprocess.DEVNULL
subprocess.Popen([*trace, *words()], stdin=none, stdout=none, stderr=none, start_new_session=True)
time.sleep(4)`);
  try {
    await stopsQuickly("halted");
  } finally {
    // What traces it, too.
    await bed.run("pkill", "-KILL", "--full", "/usr/bin/sleep 7656$");
  }
});

test("a command that makes another group that of its terminal stops nothing of the host", async () => {
  const command = `import os,time
if os.fork() == 0:
    import signal; signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    os.setpgid(0, 0); os.tcsetpgrp(0, os.getpid()); time.sleep(40); os._exit(0)
time.sleep(1)
os.read(0, 1)`;
  const states = await python(`${words("entered", "/usr/bin/python3", "-c", command)}
import os, pty, subprocess, time
pid, terminal = pty.fork()
if pid == 0: os.execv(words()[0], words())
time.sleep(4)
print(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0], flush=True)
os.kill(pid, 9)`);
  assert.equal(states, "S");
});

test("a command has no priority that its caller has over the services of the host", async () => {
  const script = 'sh -c \'nice; ionice; grep -E "nice|realtime p" /proc/self/limits | tr -s " "\'';
  const told = await shell(`nice -n -5 ionice --class realtime sandboxcontainer execute entered -- ${script}`);
  assert.equal(told.replaceAll(/ +$/gm, ""), "0\nnone: prio 0\nMax nice priority 0 0\nMax realtime priority 0 0");
  assert.equal(await shell("nice -n 5 sandboxcontainer execute entered -- nice"), "5");
});

test("a caller that ignores the end of its children gets the status all the same", async () => {
  const status = await python(`${words("entered", "/bin/sh", "-c", "exit 9")}
import signal, subprocess
def ignore(): signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print(subprocess.run(words(), stdin=subprocess.DEVNULL, preexec_fn=ignore).returncode)`);
  assert.equal(status, "9");
});

test("whoever enters need have no standard files, and may have many files open", async () => {
  const status = await shell("sandboxcontainer execute entered -- sh -c 'exit 9' <&- >&- 2>&-; echo $?");
  assert.equal(status, "9");
  const many = `python3 -c 'import os,resource,subprocess
resource.setrlimit(resource.RLIMIT_NOFILE,(9000,9000))
for _ in range(8000): os.set_inheritable(os.dup(0), True)
print(subprocess.run(["sandboxcontainer","execute","entered","--","ls","/proc/self/fd"],stdin=subprocess.DEVNULL,capture_output=True,close_fds=False,text=True).stdout.split())'`;
  assert.equal(await shell(many), "['0', '1', '2', '3']");
});

test("a command that leaves a process behind with its output open ends all the same", async () => {
  const began = Date.now();
  assert.equal(await shell("sandboxcontainer execute entered -- sh -c 'sleep 45 & echo out'"), "out");
  assert.ok(Date.now() - began < 30_000);
});

test("a caller whose output takes nothing for a while, and does not block, loses nothing", async () => {
  const caller = `python3 -c 'import os; os.set_blocking(1, False)
os.execvp("sandboxcontainer", ["sandboxcontainer","execute","entered","--","head","-c","300000","/dev/zero"])'`;
  assert.equal(await shell(`${caller} | { sleep 2; wc --bytes; }`), "300000");
});

test("what enters is in the group of the container, and knows nothing of the session that it came from", async () => {
  const inside = await bed.run("sandboxcontainer", "execute", "entered", "--", "cat", "/proc/self/stat");
  const [, session] = /^\d+ \(cat\) \S+ \d+ \d+ (\d+) /.exec(inside) ?? [];
  assert.notEqual(session, "0", "its session is one of its own");
});

test("many enter at the same time as restarts, and each of them ends", async (t) => {
  await makeSleeper(t, "busy", "--start");
  const script = `for i in $(seq 8); do (for j in $(seq 15); do timeout 60 sandboxcontainer execute busy -- true </dev/null >/dev/null 2>&1; s=$?; [ $s != 124 ] || echo hangs; done) & done
    for i in 1 2 3; do systemctl restart sandbox@busy; done; wait; pgrep --full '^/usr/libexec/sandboxcontainer/enter .*true' || echo nobody`;
  assert.equal(await bed.run("timeout", "280", "bash", "-c", script), "nobody");
});

test("who enters while the sandbox starts gets what a service has, or nothing", async (t) => {
  await makeSleeper(t, "early", "--start");
  // The first program may mount and more.
  const rights = "grep --no-filename Cap /proc/self/status";
  const usual = await shell(`sandboxcontainer execute early -- ${rights}`);
  const seen = await shell(`for start in {1..10}; do
    systemctl stop sandbox@early; systemctl start --no-block sandbox@early
    until systemctl --quiet is-active sandbox@early; do sandboxcontainer execute early -- ${rights} 2>&1 | tr '\\n' ';'; echo; done
  done`);
  const others = new Set(seen.split("\n"));
  assert.ok(others.delete(`${usual.replaceAll("\n", ";")};`), seen);
  for (const line of others)
    assert.match(
      line,
      /^(sandbox early is (not running|being started)\. .*|sandboxcontainer: the sandbox has stopped;)$/,
    );
});
