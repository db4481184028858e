import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";

const bed = useBed("native");
const names = ["hardened", "few", "more"];
const put = (path: string, text: string) => bed.feed(text, "sh", "-c", `cat > ${path}`);
const inside = async (name: string, script: string): Promise<string> =>
  bed.run("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const bounds = async (name: string): Promise<string> =>
  inside(name, "sed -n 's/^CapBnd:\\t0*//p' /proc/1/status /proc/self/status");

// This uses all the settings of Debian's units together.
const unit = `[Service]
Type=exec
ExecStart=/usr/bin/python3 -m http.server 80 --bind 127.0.0.1
DynamicUser=yes
StateDirectory=hardened
AmbientCapabilities=CAP_NET_BIND_SERVICE CAP_NET_ADMIN
CapabilityBoundingSet=CAP_NET_BIND_SERVICE CAP_NET_ADMIN
InaccessiblePaths=-/var/backups
LimitNOFILE=524288
LockPersonality=yes
MemoryDenyWriteExecute=yes
Nice=-5
NoNewPrivileges=yes
OOMScoreAdjust=-900
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
ReadWritePaths=-/var/log
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0077
`;
// Root of a user namespace that does not own the network namespace cannot bind ports below 1024.
const mapped = unit
  .replace("http.server 80", "http.server 8080")
  .replace(/^Ambient.*$/m, "PrivateUsers=yes")
  .replace("=hardened", "=mapped");

before(async () => {
  await put("/etc/systemd/system/hardened.service", unit);
  await put("/etc/systemd/system/mapped.service", mapped);
  await put(
    "/etc/sandboxcontainer/few.conf",
    "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Security]\nCapabilities=-all\n",
  );
  await put(
    "/etc/sandboxcontainer/more.conf",
    "[Sandbox]\nExec=/usr/bin/sleep infinity\nUser=www-data\n[Security]\nCapabilities=+cap_net_raw\n",
  );
  await bed.run("systemctl", "daemon-reload");
  const units = ["--unit", "hardened.service", "--unit", "mapped.service"];
  await bed.run("sandboxcontainer", "create", "hardened", ...units);
  await bed.run("systemctl", "start", ...names.map((name) => `sandbox@${name}`));
});

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.run("sh", "-c", "rm -f /etc/systemd/system/hardened.service /etc/systemd/system/mapped.service");
});

test("units with all the walls that systemd knows work inside, a user namespace of their own among them", async () => {
  assert.equal(await inside("hardened", "systemctl is-active hardened mapped"), "active\nactive");
  const maps = await inside(
    "hardened",
    "for unit in hardened mapped; do wc -l < /proc/$(systemctl show --value -p MainPID $unit)/uid_map; done",
  );
  assert.equal(maps, "1\n2");
});

test("each kind has its few capabilities, which the conf takes away or adds to", async () => {
  assert.equal(await bounds("hardened"), "a0ac4dff\na0ac4dff");
  assert.equal(await bounds("few"), "\n");
  assert.equal(await bounds("more"), "20846dfb\n20846dfb");
});

test("a service may set the capabilities that some insist on, and they give it no right over the machine", async () => {
  const four = "+audit_write,+ipc_lock,+net_broadcast,+sys_nice";
  const script = `import os, resource
def refused(action):
    try: action()
    except (OSError, ValueError): return
    print(action.__code__.co_names)
refused(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
refused(lambda: os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(99)))
refused(lambda: resource.setrlimit(resource.RLIMIT_MEMLOCK, (-1, -1)))
os.setpriority(os.PRIO_PROCESS, 0, -20)
print(os.getpriority(os.PRIO_PROCESS, 0))`;
  for (const name of ["hardened", "more"]) {
    const said = await inside(name, `setpriv --inh-caps=${four} --ambient-caps=${four} python3 -c '${script}'`);
    assert.equal(said, "0", name);
  }
});

test("a command that is not root has no capability, not even one to inherit", async () => {
  const status = await inside("more", "grep '^Cap[IPEA]' /proc/$(pgrep -x sleep)/status | cut -f 2 | uniq");
  assert.equal(status, "0000000000000000");
});

test("only harmless devices are there, and what is of the kernel is read-only", async () => {
  const devices = await inside("few", "cd /dev; find . -xdev -type c -o -type b | sort | xargs echo");
  assert.equal(devices, "./full ./null ./random ./tty ./urandom ./zero");
  const mounts = await inside(
    "few",
    "grep -E ' /(sys|proc/sys) ' /proc/self/mounts | cut -d ' ' -f 2,4 | cut -d , -f 1",
  );
  assert.deepEqual(mounts.split("\n").sort(), ["/proc/sys ro", "/sys ro"]);
  const written = await inside(
    "hardened",
    "for f in /proc/sysrq-trigger /proc/sys/kernel/core_pattern /sys/kernel/mm/ksm/run; do test -w $f && echo $f; done; true",
  );
  assert.equal(written, "");
});

// One of the "Smaller" attacks: the tree was bound without nodev.
test("a device that somebody made in the tree is none inside", async () => {
  const node = "/var/lib/sandboxcontainer/few/root/var/null";
  // The cgroup allows this device: it is that of /dev/null.
  await bed.run("mknod", "--mode=666", node, "c", "1", "3");
  try {
    assert.match(await inside("few", "head -c 1 /var/null 2>&1; true"), /Permission denied/);
  } finally {
    await bed.run("rm", node);
  }
  const mounts = await inside("few", "grep -E ' /(usr)? ' /proc/self/mounts | cut -d ' ' -f 2,4");
  for (const mount of mounts.split("\n")) assert.match(mount, /^\/(usr)? r[wo],(nosuid,)?nodev,/);
  assert.equal(mounts.split("\n").length, 2);
});

test("nothing that the caller has open comes along", async () => {
  const script = 'exec 7</etc/hostname 12</etc/hostname; sandboxcontainer execute few -- sh -c "ls /proc/self/fd"';
  // The last line counts the folder itself.
  assert.deepEqual((await bed.run("bash", "-c", script)).split("\n"), ["0", "1", "2", "3"]);
});

test("one sandbox cannot have the terminals of all others", async () => {
  const script = `import os
held = []
try:
  while len(held) < 1000: held.append(os.openpty())
except OSError: pass
print(len(held))`;
  const count = Number(await bed.run("sandboxcontainer", "execute", "hardened", "--", "python3", "-c", script));
  assert.ok(count > 200 && count <= 256, `${count}`);
  const more = await bed.try("sandboxcontainer", "execute", "few", "--", "mount", "-o", "remount,max=999", "/dev/pts");
  assert.match(more.stderr, /permission denied|must be superuser/);
});
