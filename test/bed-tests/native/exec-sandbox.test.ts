import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { deleteAfter, make } = useSandboxes(bed);
const inside = (name: string, ...command: readonly string[]) =>
  bed.try("sandboxcontainer", "execute", name, "--", ...command);
const property = (name: string, key: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", `--property=${key}`, `sandbox@${name}`);

// Most tests only enter this one.
before(async () => {
  await bed.run("sandboxcontainer", "create", "clock", "--start", "--", "/usr/bin/sleep", "infinity");
});

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "clock");
});

test("a command runs beside nothing but its init", async () => {
  const processes = (
    await inside("clock", "sh", "-c", "for p in /proc/[0-9]*; do read -r comm < $p/comm; echo $comm; done")
  ).stdout;
  assert.deepEqual(processes.trim().split("\n").sort(), ["init", "sh", "sleep"]);
});

test("it has a /tmp, a /run and a /dev/shm of its own that it can write", async () => {
  const { status, stderr } = await inside("clock", "sh", "-c", "touch /tmp/a /run/b /dev/shm/c /var/tmp/d");
  assert.equal(status, 0, stderr);
});

test("execute passes standard input, both outputs and the exit status", async () => {
  const script = "cat; echo to stderr >&2; exit 42";
  const ran = await bed.feed("to stdout\n", "sandboxcontainer", "execute", "clock", "--", "sh", "-c", script);
  assert.deepEqual(ran, { status: 42, stdout: "to stdout\n", stderr: "to stderr\n" });
  assert.equal((await inside("clock", "sh", "-c", "kill -9 $$")).status, 137);
  assert.equal((await inside("clock", "no-such-command")).status, 127);
});

test("execute enters the sandbox's cgroup and user namespace, with no more capabilities than its PID 1", async () => {
  const look =
    "grep CapBnd /proc/self/status /proc/1/status | cut -f2 | uniq | wc -l; id -u; cat /proc/self/oom_score_adj";
  assert.equal((await inside("clock", "sh", "-c", look)).stdout, "1\n0\n100\n");
  const script = "diff /proc/self/cgroup /proc/1/cgroup && readlink /proc/self/ns/user";
  const { status, stdout } = await inside("clock", "sh", "-c", script);
  assert.equal(status, 0);
  assert.notEqual(stdout.trim(), await bed.run("readlink", "/proc/self/ns/user"));
});

test("connect gives a shell on a terminal of the sandbox, and passes its status", async () => {
  const session = 'script -qec "sandboxcontainer connect clock" /dev/null';
  const ran = await bed.feed("tty\nreadlink /proc/self/fd/0\nexit 7\n", "sh", "-c", session);
  assert.match(ran.stdout, /^\/dev\/pts\/\d+\r$/m);
  assert.equal(ran.status, 7);
});

test("a terminal is never handed in: execute puts a pipe in its place", async () => {
  const command = "sandboxcontainer execute clock -- readlink /proc/self/fd/1 < /dev/null";
  const { stdout } = await bed.feed("", "script", "-qec", command, "/dev/null");
  assert.match(stdout, /^(socket|pipe):/m);
});

test("arguments reach the command as they were written", async (t) => {
  const words = ["a b", 'say "hi"', "it's", "100%", "$HOME", "back\\slash", "semi;colon", "#hash", ""];
  await make(
    t,
    "words",
    "--",
    "/usr/bin/sh",
    "-c",
    'printf "<%s>" "$@" > /dev/console; echo > /dev/console; sleep infinity',
    "sh",
    ...words,
  );
  await bed.run("systemctl", "start", "sandbox@words");
  await eventually(async () => {
    const journal = await bed.run("journalctl", "-o", "cat", "--no-pager", "-u", "sandbox@words");
    assert.ok(journal.includes(words.map((word) => `<${word}>`).join("")), journal);
  });
});

test("a line cannot choose its priority, and one without end does not silence what follows", async () => {
  const say = "printf '<0>forged\\na\\0<1>forged\\n'; head -c 200000 /dev/zero | tr '\\0' y; echo; echo still here";
  await inside("clock", "sh", "-c", `{ ${say}; } > /dev/console`);
  const journal = (...options: readonly string[]) =>
    bed.run("journalctl", "-o", "cat", "--no-pager", "-u", "sandbox@clock", ...options);
  await eventually(async () => {
    assert.match(await journal(), /^<0>forged$[^]*^a <1>forged$[^]*^still here$/m);
  });
  assert.doesNotMatch(await journal("--priority=notice"), /forged/);
});

test("the journal has plain text, whatever a terminal would obey", async () => {
  // This prints a colour, a title, a control character of two bytes, and one that appears when others are removed.
  const say = String.raw`printf 'a\033[1;31mred\033[0m\033]0;title\007 b\302\233c\302\000\233d\302\302\205\205e \303\251\n'`;
  await inside("clock", "sh", "-c", `${say} > /dev/console`);
  await eventually(async () => {
    const journal = await bed.run("journalctl", "-o", "cat", "--no-pager", "--lines=1", "-u", "sandbox@clock");
    assert.match(journal, /^ared bc. .de é$/m);
    assert.doesNotMatch(journal, /\p{Control}(?<!\n)/u);
  });
});

test("a command that ends at once was started, and the unit ends", { timeout: 600_000 }, async (t) => {
  await make(t, "short", "--", "/usr/bin/false");
  // libvirt does not notice when a container ends between its start and the first look of its controller.
  const script = `set -e
    for other in 1 2 3 4; do timeout 590 sh -c 'while :; do :; done' & done
    trap 'kill $(jobs -p)' EXIT
    for turn in {1..6}; do
      ! systemctl --quiet is-failed sandbox@short || systemctl reset-failed sandbox@short
      systemctl start sandbox@short
      for try in {1..600}; do
        sleep 0.05
        ! systemctl --quiet is-failed sandbox@short || continue 2
      done
      exit 1
    done`;
  await bed.run("bash", "-c", script);
});

test("how a command ended is known also when launch comes too late for its console", async (t) => {
  deleteAfter(t, "late");
  // With Listen= the command does not wait until launch has raised its limits, so it ends while launch is stopped.
  const conf = "[Sandbox]\nExec=/usr/bin/sh -c 'exit 3'\n[Network]\nListen=8213\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/late.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox-root@late");
  const script = `set -e
    record=/run/libvirt/lxc/late.pid
    systemctl start --no-block sandbox@late
    until [ -e $record ]; do :; done
    launch=$(systemctl show --value --property=MainPID sandbox@late)
    kill -STOP $launch
    for try in $(seq 200); do [ -e $record ] || break; sleep 0.05; done
    [ ! -e $record ]
    kill -CONT $launch`;
  await bed.run("sh", "-c", script);
  await eventually(async () => {
    assert.equal(await property("late", "ActiveState"), "failed");
  });
  assert.equal(await property("late", "Result"), "exit-code");
});

test("the unit ends as its command does: success, a status, a signal", async (t) => {
  deleteAfter(t, "ends");
  const ends = [
    ["sleep 0.3; exit 0", "inactive", "success"],
    ["sleep 0.3; exit 3", "failed", "exit-code"],
    ["sleep 0.3; kill -SEGV $$", "failed", "signal"],
    ["sleep 0.3; kill -TERM $$", "inactive", "success"],
    // The command's own words about its end on the console do not count. The last line needs no end.
    ["sleep 0.3; printf '\\001ended exited 0\\n\\001ended exited 0'; exit 3", "failed", "exit-code"],
  ] as const;
  for (const [script, state, result] of ends) {
    await bed.run("sandboxcontainer", "create", "ends", "--", "/usr/bin/sh", "-c", script);
    await bed.run("systemctl", "start", "sandbox@ends");
    await eventually(async () => {
      assert.equal(await property("ends", "ActiveState"), state, script);
    });
    assert.equal(await property("ends", "Result"), result, script);
    await bed.run("sandboxcontainer", "delete", "--force", "ends");
  }
});

test("User=, Group= and Home= are what the command runs with", async (t) => {
  deleteAfter(t, "as");
  const conf =
    "[Sandbox]\nExec=/usr/bin/sh -c 'id -un; id -gn; echo $HOME; sleep infinity'\nUser=www-data\nGroup=mail\nHome=/srv\n";
  assert.equal((await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/as.conf")).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@as");
  await eventually(async () => {
    assert.match(
      await bed.run("journalctl", "-o", "cat", "--no-pager", "-u", "sandbox@as"),
      /^www-data$[^]*^mail$[^]*^\/srv$/m,
    );
  });
});

test("stop ends it with SIGTERM first, and kills what does not listen after TimeoutStopSec=", async (t) => {
  deleteAfter(t, "deaf");
  const conf =
    "[Sandbox]\nExec=/usr/bin/sh -c 'trap \"\" TERM; sleep infinity & wait; while :; do sleep 1; done'\n[Service]\nTimeoutStopSec=1\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/deaf.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@deaf");
  const began = performance.now();
  await bed.run("systemctl", "stop", "sandbox@deaf");
  assert.ok(performance.now() - began < 60_000);
  assert.equal((await bed.run("virsh", "-c", "lxc:///system", "list", "--all", "--name")).includes("deaf"), false);
  assert.equal((await bed.try("pgrep", "-f", "trap.*sleep infinity")).stdout, "");
  assert.equal((await bed.try("test", "-e", "/run/sandboxcontainer/deaf")).status, 1, "detach did not finish");
});

test("the root may take longer to make than the start may take", async (t) => {
  deleteAfter(t, "slow");
  const dropIns = "/run/systemd/system/sandbox-root@slow.service.d";
  t.after(() => bed.run("sh", "-c", `rm -r ${dropIns}; systemctl daemon-reload`));
  const conf = "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Service]\nTimeoutStartSec=3\n";
  await bed.feed(conf, "sh", "-c", "cat > /etc/sandboxcontainer/slow.conf");
  const script = `mkdir -p ${dropIns}; printf '[Service]\\nExecStartPre=/bin/sleep 6\\n' > ${dropIns}/slow.conf`;
  await bed.run("sh", "-c", `${script}; systemctl daemon-reload`);
  await bed.run("systemctl", "start", "sandbox@slow");
  assert.equal(await property("slow", "ActiveState"), "active");
});
