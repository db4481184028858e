import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertCredentials } from "../assert-credentials.ts";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const webs = ["web1", "web2"];
const all = [...webs, "clock"];
const slow = { seconds: 100, units: ["slow.service", "slow-needs.service"] };
const server = ["--start", "--", "/usr/bin/python3", "-m", "http.server", "80"];
const inside = (name: string, ...command: readonly string[]) =>
  bed.try("sandboxcontainer", "execute", name, "--", ...command);
const fetchPage = (port: number): Promise<string> =>
  bed.run("curl", "-sS", "--max-time", "60", `http://127.0.0.1:${port}/`);

interface Shown {
  readonly level: string;
  readonly initPid: number;
}
const show = async (name: string): Promise<Shown> =>
  JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as Shown;

/** Reads the context of every process in the sandbox, with PID 1 first. */
async function readContexts(name: string): Promise<readonly string[]> {
  const { initPid } = await show(name);
  const namespace = await bed.run("readlink", `/proc/${initPid}/ns/pid`);
  const pids = `for p in $(ls -v /proc | grep '^[0-9]'); do [ "$(readlink /proc/$p/ns/pid)" = '${namespace}' ] && tr '\\0' '\\n' < /proc/$p/attr/current; done; true`;
  return (await bed.run("sh", "-c", pids)).split("\n").filter((line) => line !== "");
}

let mark: string;

/** Starts a web server with a page of its own. */
async function startWeb(name: string, port: number): Promise<void> {
  const publish = `${port}:80`;
  await bed.run("sandboxcontainer", "create", name, "--unit", "apache2.service", "--publish", publish, "--start");
  const put = ["sandboxcontainer", "execute", name, "--", "sh", "-c", "cat > /var/www/html/index.html"];
  assert.equal((await bed.feed(`page of ${name}\n`, ...put)).status, 0);
}

// Tests only read these, or write to files of their own. One that stops a sandbox has its own.
before(async () => {
  assert.equal(await bed.run("getenforce"), "Enforcing");
  mark = await markDenials(bed);
  for (const [index, name] of webs.entries()) await startWeb(name, 8081 + index);
  await bed.run("sandboxcontainer", "create", "clock", "--publish", "8083:80", ...server);
});

after(async () => {
  for (const name of [...all, "slow"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("sh", "-c", `cd /etc/systemd/system && rm -f ${slow.units.join(" ")} && systemctl daemon-reload`);
});

test("enforcing, two web servers and a command serve over HTTP", async () => {
  assert.equal(await fetchPage(8081), "page of web1");
  assert.equal(await fetchPage(8082), "page of web2");
  assert.match(await fetchPage(8083), /Directory listing/);
});

test("a file of the host that SELinux keeps from the helpers stops no sandbox, and does not come along", async (context) => {
  const file = "/etc/logrotate.d/old-passwords";
  context.after(() => bed.run("rm", "-f", file));
  await bed.run("sh", "-c", `echo secret >${file} && chmod 600 ${file} && chcon -t shadow_t ${file}`);
  deleteAfter(context, bed, "kept");
  await bed.run("sandboxcontainer", "create", "kept", "--unit", "apache2.service");
  assert.equal((await bed.try("test", "-e", `/var/lib/sandboxcontainer/kept/root${file}`)).status, 1);
});

test("every process inside is in a domain of ours and in its sandbox's level, and no two levels are the same", async () => {
  const levels = await Promise.all(all.map(async (name) => (await show(name)).level));
  assert.equal(new Set(levels).size, all.length);
  for (const [index, name] of all.entries()) {
    const [first = "", ...others] = await readContexts(name);
    const [init, services] =
      name === "clock"
        ? ["sandboxcontainer_command_t", "sandboxcontainer_command_t"]
        : ["sandboxcontainer_init_t", "sandboxcontainer_t"];
    assert.equal(first, `system_u:system_r:${init}:${levels[index]}`);
    assert.ok(others.length > 0);
    for (const context of others) assert.equal(context, `system_u:system_r:${services}:${levels[index]}`);
  }
});

test("all that a sandbox can write has its level", async () => {
  const { level } = await show("web1");
  for (const path of ["/etc/passwd", "/var/www/html/index.html", "/run/host", "/tmp", "/dev/shm", "/var/www"]) {
    const { stdout } = await inside("web1", "stat", "--format=%C", path);
    assert.equal(stdout.trim(), `system_u:object_r:sandboxcontainer_file_t:${level}`, path);
  }
});

test("what an administrator puts into a tree takes the level of the folder", async () => {
  const { level } = await show("web1");
  const file = "/var/lib/sandboxcontainer/web1/root/var/www/html/new.html";
  await bed.run("sh", "-c", `echo new > ${file}`);
  assert.match(await bed.run("stat", "--format=%C", file), new RegExp(`:sandboxcontainer_file_t:${level}$`));
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8081/new.html"), "new");
  await bed.run("restorecon", "-RF", "/var/lib/sandboxcontainer");
  assert.match(await bed.run("stat", "--format=%C", file), new RegExp(`:sandboxcontainer_file_t:${level}$`));
});

test("execute passes input, output and status, from a pipe and to a file", async () => {
  const ran = await bed.feed(
    "some input\n",
    "sandboxcontainer",
    "execute",
    "web1",
    "--",
    "sh",
    "-c",
    "cat; echo no >&2; exit 7",
  );
  assert.deepEqual(ran, { status: 7, stdout: "some input\n", stderr: "no\n" });
  await bed.run("sh", "-c", "sandboxcontainer execute clock -- id -u > /root/id");
  assert.equal(await bed.run("cat", "/root/id"), "0");
});

test("connect gives a shell on a terminal of the sandbox's own", async () => {
  // Types when there is a prompt.
  const script = `import os, pty, re
pid, terminal = pty.fork()
if pid == 0: os.execvp("sandboxcontainer", ["sandboxcontainer", "connect", "web1"])
seen = b""
def await_text(pattern):
    global seen
    while not re.search(pattern, seen): seen += os.read(terminal, 4096)
    seen = b""
await_text(rb"[#$] ")
os.write(terminal, b"tty; id -Z; echo do''ne\\n")
answer = b""
while b"done" not in answer: answer += os.read(terminal, 4096)
os.write(terminal, b"exit\\n")
os.waitpid(pid, 0)
print(answer.decode())`;
  const { stdout, stderr } = await bed.feed(script, "timeout", "300", "python3", "-");
  assert.match(stdout, /^\/dev\/pts\/\d/m, stderr);
});

test("machined knows the sandboxes", async () => {
  const machines = await bed.run("machinectl", "list", "--no-legend", "--no-pager");
  for (const name of all) assert.match(machines, new RegExp(`^lxc-\\d+-${name} +container libvirt-lxc`, "m"));
});

test("reload, restart, stop, start and delete work, and end as a success", async (context) => {
  deleteAfter(context, bed, "unit", "command");
  await startWeb("unit", 8084);
  await bed.run("sandboxcontainer", "create", "command", "--publish", "8085:80", ...server);
  await bed.run("systemctl", "reload", "sandbox@unit");
  assert.equal(await fetchPage(8084), "page of unit");
  await bed.run("systemctl", "restart", "sandbox@unit");
  for (const name of ["unit", "command"]) {
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    assert.equal(await bed.run("systemctl", "show", "--value", "--property=Result", `sandbox@${name}`), "success");
    await bed.run("systemctl", "start", `sandbox@${name}`);
  }
  assert.equal(await fetchPage(8084), "page of unit");
  for (const name of ["unit", "command"]) {
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    await bed.run("sandboxcontainer", "delete", "--force", name);
  }
});

test("a controller that is killed leaves nothing running, whether libvirtd runs or not", async (context) => {
  deleteAfter(context, bed, "killed");
  await bed.run("sandboxcontainer", "create", "killed", "--publish", "8086:80", ...server);
  for (const libvirtd of ["start", "stop"]) {
    await bed.run("systemctl", "restart", "sandbox@killed");
    await bed.run("systemctl", libvirtd, "libvirtd.service");
    const { initPid } = await show("killed");
    await bed.run("sh", "-c", "kill -9 $(cat /run/libvirt/lxc/killed.pid)");
    await eventually(async () => {
      const state = await bed.try("systemctl", "is-active", "sandbox@killed");
      assert.equal(state.stdout, "failed\n");
    });
    assert.notEqual((await bed.try("test", "-e", `/proc/${initPid}`)).status, 0, libvirtd);
    await bed.run("systemctl", "start", "sandbox@killed");
    await eventually(async () => {
      assert.match(await fetchPage(8086), /Directory listing/);
    });
  }
});

test("a credential reaches the service and nobody else, and a reload brings the changed one", (context) =>
  assertCredentials(context, bed));

test("nothing was denied that is not expected", async () => {
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});

/** Starts a sandbox whose service takes long to stop, and says then whether a unit that it needs still runs. */
async function startSlow(): Promise<void> {
  // systemd inside stops the second unit after the service. With `mixed` it asks only the shell to end, and not also the
  // sleep that the shell then starts.
  const unit = `[Unit]\nAfter=slow-needs.service\nWants=slow-needs.service\n[Service]\nTimeoutStopSec=300\nKillMode=mixed\nExecStart=/bin/sh -c 'trap "sleep ${slow.seconds}; systemctl is-active slow-needs > /var/slow-ended; exit" TERM; while :; do sleep 1; done'\n`;
  const needs = "[Service]\nExecStart=/bin/sleep infinity\n";
  await bed.feed(unit, "sh", "-c", "cat > /etc/systemd/system/slow.service");
  await bed.feed(needs, "sh", "-c", "cat > /etc/systemd/system/slow-needs.service; systemctl daemon-reload");
  await bed.run("sandboxcontainer", "create", "slow", ...slow.units.flatMap((name) => ["--unit", name]));
  await bed.feed("\n[Service]\nTimeoutStopSec=400\n", "sh", "-c", "cat >> /etc/sandboxcontainer/slow.conf");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "start", "slow");
}

test("at a reboot a service has all the time that it may take to stop; enabled sandboxes then run again, in their levels", async () => {
  const before = await Promise.all(all.map(async (name) => (await show(name)).level));
  for (const name of all) await bed.run("systemctl", "enable", `sandbox@${name}`);
  await startSlow();
  const began = performance.now();
  await bed.reboot();
  assert.ok(performance.now() - began > slow.seconds * 1000, "the reboot did not wait");
  await eventually(async () => {
    assert.equal(await fetchPage(8081), "page of web1");
    assert.equal(await fetchPage(8082), "page of web2");
    assert.match(await fetchPage(8083), /Directory listing/);
  });
  assert.deepEqual(await Promise.all(all.map(async (name) => (await show(name)).level)), before);
  // Nothing inside was ended before the service.
  assert.equal(await bed.run("cat", "/var/lib/sandboxcontainer/slow/root/var/slow-ended"), "active");
  assert.deepEqual(await findUnexpectedDenials(bed, "boot"), []);
});

test("without SELinux in force a start is refused, and says what to do", async (context) => {
  deleteAfter(context, bed, "unlabelled");
  await bed.run("sandboxcontainer", "create", "unlabelled", "--", "/usr/bin/sleep", "infinity");
  await bed.run("setenforce", "0");
  try {
    assert.notEqual((await bed.try("systemctl", "start", "sandbox@unlabelled")).status, 0);
    await eventually(async () => {
      const journal = await bed.journal("-n", "50", "-u", "sandbox@unlabelled");
      assert.match(journal, /SELinux is permissive: its rules are not enforced/);
      assert.match(journal, /setenforce 1/);
    });
  } finally {
    await bed.run("setenforce", "1");
  }
});
