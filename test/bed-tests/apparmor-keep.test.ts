// This needs an apparmor bed that is up. make test does not run it, because it takes minutes there.
import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { useBed } from "./bed.ts";
import { deleteAfter } from "./delete-after.ts";
import { idleUnit, installPackage } from "./demo-package.ts";
import { defineLab, removeLab } from "./lab.ts";
import { findDenials, markDenials } from "./apparmor/denials.ts";

const bed = useBed("apparmor");
const ask = (...words: readonly string[]): Promise<string> => bed.run("sandboxcontainer", ...words);
const inside = (name: string, script: string): Promise<string> => ask("execute", name, "--", "sh", "-c", script);

/** Starts a web server with these lines in its conf. */
async function startWeb(context: TestContext, name: string, lines: string): Promise<void> {
  deleteAfter(context, bed, name);
  const conf = `[Sandbox]\nUnit=apache2.service\n${lines}`;
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await ask("start", name);
}

const files = (host: string) => ({ "/usr/lib/systemd/system/demo.service": idleUnit, "/etc/demo/host": host });
let mark: string;

before(async () => {
  await installPackage(bed, "demo", "1", files("one\n"), "touch /var/lib/demo-made");
  await bed.run("systemctl", "daemon-reload");
  await defineLab(bed);
  mark = await markDenials(bed);
});

after(async () => {
  await bed.try("sh", "-c", "dpkg --purge demo; rm -rf /var/lib/demo-made");
  await removeLab(bed);
});

test("a database whose maintainer script makes its data starts and answers", async (context) => {
  deleteAfter(context, bed, "db");
  await ask("create", "db", "--unit", "postgresql.service", "--start");
  assert.equal(await inside("db", "su postgres -c 'psql -Atc \"select 6*7\"'"), "42");
});

test("a sandbox gets its address by DHCP, from a client that is confined as well", async (context) => {
  await startWeb(context, "lease", "[Network]\nNetwork=lab\n");
  const { addresses } = JSON.parse(await ask("show", "--json", "lease")) as { addresses: readonly [string] };
  assert.match(addresses[0], /^192\.168\.177\.\d+$/);
  assert.match(await bed.run("curl", "-sS", "--max-time", "60", `http://${addresses[0]}/`), /Apache2/);
  const client = await bed.run("systemctl", "show", "--value", "--property=MainPID", "sandbox-dhcp@lease");
  assert.equal(
    await bed.run("cat", `/proc/${client}/attr/apparmor/current`),
    "libvirt-sandboxcontainer-lease@address (enforce)",
  );
});

test("rights over its own network are there for who asks for them", async (context) => {
  await startWeb(context, "rights", "[Security]\nCapabilities=+CAP_NET_ADMIN\nCapabilities=+CAP_NET_RAW\n");
  const packets = `python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()'`;
  assert.match(
    await inside("rights", `ip address add 192.0.2.1/32 dev lo && ip -o address show lo && ${packets}`),
    /192\.0\.2\.1/,
  );
});

test("files are copied in and out", async (context) => {
  deleteAfter(context, bed, "copied");
  await ask("create", "copied", "--unit", "demo.service", "--start");
  context.after(() => bed.run("rm", "-rf", "/root/copied"));
  await bed.run("sh", "-c", "mkdir -p /root/copied && echo there >/root/copied/file");
  await ask("copy-to", "copied", "/root/copied/file", "/srv/");
  assert.equal(await inside("copied", "cat /srv/file"), "there");
  await ask("copy-from", "copied", "/srv/file", "/root/copied/back");
  assert.equal(await bed.run("cat", "/root/copied/back"), "there");
});

test("a sandbox in an image is snapshot, rolled back, cloned, exported and imported", async (context) => {
  deleteAfter(context, bed, "kept", "kept-b", "kept-c");
  context.after(() => bed.run("rm", "-f", "/root/kept.tar.zst"));
  await ask("create", "kept", "-i", "64M", "--start", "--", "/usr/bin/sleep", "infinity");
  await inside("kept", "echo x >/srv/file");
  await ask("snapshot", "kept", "first", "--running");
  await ask("clone", "kept", "kept-b", "--running");
  await ask("stop", "kept");
  await ask("rollback", "kept", "first");
  await ask("export", "kept", "/root/kept.tar.zst");
  await ask("import", "/root/kept.tar.zst", "kept-c");
  await ask("start", "kept", "kept-b", "kept-c");
  for (const name of ["kept", "kept-b", "kept-c"])
    assert.equal(
      await inside(name, "cat /srv/file /proc/1/attr/current"),
      `x\nlibvirt-sandboxcontainer-${name} (enforce)`,
    );
});

test("a root follows the host's package", async (context) => {
  deleteAfter(context, bed, "demo");
  await ask("create", "demo", "--unit", "demo.service", "--start");
  await inside("demo", "echo precious >/var/lib/demo/data");
  await installPackage(bed, "demo", "2", files("two\n"));
  await ask("upgrade", "--restart", "demo");
  assert.equal(await inside("demo", "cat /etc/demo/host /var/lib/demo/data"), "two\nprecious");
});

test("settings of units that mount and make namespaces work inside", async (context) => {
  deleteAfter(context, bed, "hardened");
  const lines = [
    ...[
      "[Service]",
      "ExecStart=/usr/bin/sleep infinity",
      "StateDirectory=hardened",
      "User=nobody",
      "NoNewPrivileges=yes",
    ],
    ...["ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateUsers=yes", "PrivateDevices=yes"],
    ...[
      "ProtectKernelTunables=yes",
      "ProtectControlGroups=yes",
      "RestrictNamespaces=yes",
      "SystemCallFilter=@system-service",
    ],
    ...["PrivateNetwork=yes", "ProtectProc=invisible", "MemoryDenyWriteExecute=yes", ""],
  ];
  await bed.feed(
    lines.join("\n"),
    "sh",
    "-c",
    "cat >/usr/local/lib/systemd/system/hardened.service 2>/dev/null || cat >/etc/systemd/system/hardened.service",
  );
  context.after(() =>
    bed.run("sh", "-c", "rm -f /usr/local/lib/systemd/system/hardened.service /etc/systemd/system/hardened.service"),
  );
  await bed.run("systemctl", "daemon-reload");
  await ask("create", "hardened", "--unit", "hardened.service", "--start");
  assert.equal(
    await inside("hardened", "systemctl is-active hardened.service; systemctl --failed --no-legend"),
    "active",
  );
  const { cleared } = JSON.parse(await ask("show", "--json", "hardened")) as { cleared: readonly string[] };
  assert.deepEqual(cleared, []);
});

test("nothing was denied", async () => {
  assert.deepEqual(await findDenials(bed, mark), []);
});
