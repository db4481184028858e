import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertCredentials } from "../assert-credentials.ts";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { findDenials, markDenials } from "./denials.ts";

const bed = useBed("apparmor");
const ask = (...words: readonly string[]): Promise<string> => bed.run("sandboxcontainer", ...words);
const inside = (name: string, script: string) => bed.try("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const fetchPage = (port: number): Promise<string> =>
  bed.run("curl", "-sS", "--max-time", "60", `http://127.0.0.1:${port}/`);
const profileOf = (name: string): string => `libvirt-sandboxcontainer-${name}`;

interface Shown {
  readonly profile: string;
  readonly unconfined: boolean;
  readonly initPid: number;
}
const show = async (name: string): Promise<Shown> => JSON.parse(await ask("show", "--json", name)) as Shown;

/** Reads how every process in the sandbox is confined, with PID 1 first. */
async function readLabels(name: string): Promise<readonly string[]> {
  const { initPid } = await show(name);
  const script = `for p in $(ls -v /proc | grep '^[0-9]'); do
    [ "$(readlink /proc/$p/ns/pid)" = "$(readlink /proc/${initPid}/ns/pid)" ] && cat /proc/$p/attr/apparmor/current; done; true`;
  return (await bed.run("sh", "-c", script)).split("\n").filter((line) => line !== "");
}

let mark: string;

// Tests only read these. One that stops a sandbox has its own.
before(async () => {
  mark = await markDenials(bed);
  await ask("create", "web", "--unit", "apache2.service", "--publish", "8081:80", "--start");
  await ask("create", "clock", "--publish", "8083:80", "--start", "--", "/usr/bin/python3", "-m", "http.server", "80");
});

after(() => bed.try("sandboxcontainer", "delete", "--force", "web", "clock"));

test("with no setting for it a web server and a command serve, confined from PID 1 on", async () => {
  assert.match(await fetchPage(8081), /Apache2/);
  await eventually(async () => {
    assert.match(await fetchPage(8083), /Directory listing/);
  });
  const [own, command] = [profileOf("web"), profileOf("clock")];
  const [init, ...services] = await readLabels("web");
  assert.equal(init, `${own} (enforce)`);
  assert.ok(services.length > 0);
  assert.deepEqual([...new Set(services)], [`${own}//&${own}@service (enforce)`]);
  assert.deepEqual([...new Set(await readLabels("clock"))], [`${command} (enforce)`]);
  const findings = await ask("doctor");
  assert.match(findings, /^ok +AppArmor +enabled, 4\./m);
});

test("execute, reload, restart and libvirt's own commands work, and what enters has the rights of a service", async (context) => {
  deleteAfter(context, bed, "handled");
  await ask("create", "handled", "--unit", "apache2.service", "--start");
  const own = profileOf("handled");
  const entered = await inside(
    "handled",
    "cat /proc/self/attr/current; systemctl is-active apache2; grep NoNew /proc/self/status",
  );
  assert.deepEqual(entered.stdout.trim().split(/\n/), [
    `${own}//&${own}@service (enforce)`,
    "active",
    "NoNewPrivs:\t0",
  ]);
  assert.equal(
    (await inside("handled", "chmod u+s /usr/bin/id; su -s /bin/sh nobody -c id")).stdout.includes("nobody"),
    true,
  );
  await ask("reload", "handled");
  await bed.run("systemctl", "restart", "sandbox@handled");
  await bed.run("virsh", "--connect", "lxc:///system", "destroy", "handled");
  await eventually(async () => {
    assert.notEqual((await bed.try("systemctl", "is-active", "sandbox@handled")).stdout, "active\n");
  });
  await bed.run("systemctl", "start", "sandbox@handled");
});

test("a credential reaches the service and nobody else, and a reload brings the changed one", (context) =>
  assertCredentials(context, bed));

test("nothing was denied", async () => {
  assert.deepEqual(await findDenials(bed, mark), []);
});

test("what a service may not do is denied, and audit says what and how to allow it", async (context) => {
  deleteAfter(context, bed, "denied");
  await ask("create", "denied", "--unit", "apache2.service", "--start");
  const trace = `python3 -c 'import ctypes; exit(ctypes.CDLL(None).ptrace(16, 1, 0, 0))'`;
  const script = `mount -t tmpfs none /mnt; unshare --user true; ${trace}; echo "changeprofile unconfined" >/proc/self/attr/current`;
  assert.notEqual((await inside("denied", script)).status, 0);
  const told = await ask("audit", "denied");
  assert.match(told, /unshare was not allowed to make a user namespace/);
  assert.match(told, /python3 was not allowed to trace a process, which is in libvirt-sandboxcontainer-denied/);
  assert.match(told, /not allowed to change to the profile "unconfined"[\s\S]*cannot be allowed/);
  const allow = /allow it in this sandbox: (printf '%s\\n' 'userns,' .*)/.exec(told)?.[1] ?? "";
  context.after(() => bed.run("rm", "-f", "/etc/apparmor.d/local/sandboxcontainer-denied"));
  await bed.run("sh", "-c", allow);
  assert.equal((await inside("denied", "unshare --user true")).status, 0);
});

test("a sandbox that has lost its profile is shown, and has it again after its next start", async (context) => {
  deleteAfter(context, bed, "lost");
  await ask("create", "lost", "--start", "--", "/usr/bin/sleep", "infinity");
  const own = profileOf("lost");
  await bed.run("sh", "-c", `printf %s ${own} >/sys/kernel/security/apparmor/.remove`);
  assert.equal((await show("lost")).unconfined, true);
  assert.match(await ask("list"), /^lost .*\bunconfined\b/m);
  const doctor = await bed.try("sandboxcontainer", "doctor");
  assert.equal(doctor.status, 1);
  assert.match(doctor.stdout, /run without their profile.*lost[\s\S]*systemctl restart sandbox@lost/);
  assert.notEqual((await inside("lost", "true")).status, 0, "nobody enters it unconfined");
  await bed.run("systemctl", "restart", "sandbox@lost");
  assert.deepEqual([...new Set(await readLabels("lost"))], [`${own} (enforce)`]);
  assert.equal((await show("lost")).unconfined, false);
});

test("what cannot be confined does not start, and the journal says why", async (context) => {
  deleteAfter(context, bed, "refused");
  const file = "/etc/apparmor.d/local/sandboxcontainer-refused";
  context.after(() => bed.run("rm", "-f", file));
  for (const [lines, message] of [
    ["UserNamespace=no", /AppArmor does not keep sandboxes from each other's files.*Remove UserNamespace=no/],
    ["Label=selinux", /SELinux is not enabled/],
    ["Label=nobody-has-this", /profile nobody-has-this is not loaded/],
  ] as const) {
    const conf = `[Sandbox]\nExec=/usr/bin/sleep infinity\n[Security]\n${lines}\n`;
    await bed.feed(conf, "sh", "-c", "cat >/etc/sandboxcontainer/refused.conf");
    await bed.run("systemctl", "daemon-reload");
    const started = await bed.try("sandboxcontainer", "start", "refused");
    assert.equal(started.status, 1, lines);
    assert.match(started.stderr.replaceAll("\n", " "), message);
  }
  await bed.feed(
    "[Sandbox]\nExec=/usr/bin/sleep infinity\n",
    "sh",
    "-c",
    `cat >/etc/sandboxcontainer/refused.conf; echo nonsense >${file}`,
  );
  await bed.run("systemctl", "daemon-reload");
  const started = await bed.try("sandboxcontainer", "start", "refused");
  assert.match(started.stderr.replaceAll("\n", " "), /could not be loaded.*syntax error.*\/etc\/apparmor\.d\/local/i);
  await bed.run("rm", file);
  await ask("start", "refused");
});
