import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { host, makeClient, onClient, removeClient } from "../client.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native-network");

/** Writes confs for sandboxes of this test alone. */
async function write(context: TestContext, confs: Readonly<Record<string, string>>): Promise<void> {
  deleteAfter(context, bed, ...Object.keys(confs));
  for (const [name, conf] of Object.entries(confs))
    assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
}

/** Makes the root of a web server, and puts a page there. */
async function makePage(name: string): Promise<void> {
  await bed.run("systemctl", "start", `sandbox-root@${name}`);
  const page = `/var/lib/sandboxcontainer/${name}/root/var/www/html/index.html`;
  await bed.run("sh", "-c", `echo page of ${name} > ${page}`);
}

const program = `import os, socket
assert os.environ["LISTEN_PID"] == str(os.getpid()) and os.environ["LISTEN_FDS"] == "2"
s, u = socket.socket(fileno=3), socket.socket(fileno=4)
if os.fork() == 0:
    while True:
        text, who = u.recvfrom(1000); u.sendto(text.upper(), who)
while True:
    c, who = s.accept(); c.sendall(who[0].encode() + b"\\n"); c.close()`;

before(async () => {
  await bed.feed(program, "sh", "-c", "mkdir -p /usr/lib/probe; cat > /usr/lib/probe/sockets.py");
});

after(async () => {
  await bed.try("rm", "-rf", "/usr/lib/probe");
});

test("the socket unit of a service inside takes the host's socket, and sees who connects", async (context) => {
  await write(context, { shell: "[Sandbox]\nUnit=ssh.service\n[Network]\nListen=2222\n" });
  await bed.run("systemctl", "start", "sandbox@shell");
  const greeting = "import socket; print(socket.create_connection(('127.0.0.1',2222),timeout=20).recv(99))";
  assert.match((await bed.feed(greeting, "python3", "-")).stdout, /SSH-2\.0-OpenSSH/);
  // There is no proxy in between.
  assert.equal(await bed.run("sh", "-c", "systemctl list-units --no-legend 'sandbox-shell*.service' | wc -l"), "0");
  const sockets = await bed.run("sandboxcontainer", "execute", "shell", "--", "systemctl", "list-sockets");
  assert.match(sockets, /2222\s+ssh\.socket/);
});

test("a command takes sockets of TCP and UDP, on demand", async (context) => {
  await write(context, {
    page: "[Sandbox]\nExec=/usr/bin/python3 /usr/lib/probe/sockets.py\n[Network]\nListen=8210\nListen=8211/udp\nOnDemand=yes\n",
  });
  await bed.run("systemctl", "start", "sandbox-root@page", "sandbox-page-listen.socket");
  const talk = `import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.settimeout(30); u.sendto(b"hello", ("127.0.0.1", 8211)); print(u.recv(99).decode())
for family, host in (socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"):
    s = socket.socket(family); s.connect((host, 8210)); print(s.recv(99).decode().strip())`;
  const { stdout, stderr } = await bed.feed(talk, "python3", "-");
  assert.deepEqual(stdout.trim().split("\n"), ["HELLO", "::ffff:127.0.0.1", "::1"], stderr);
});

test("a command takes as many sockets as libvirt can pass", async (context) => {
  const ports = Array.from({ length: 32 }, (_, index) => 8300 + index);
  const listen = ports.map((port) => `Listen=127.0.0.1:${port}\n`).join("");
  await write(context, { many: `[Sandbox]\nExec=/usr/bin/python3 /usr/lib/probe/many.py\n[Network]\n${listen}` });
  const server = `import os, selectors, socket
taking = selectors.DefaultSelector()
for number in range(int(os.environ["LISTEN_FDS"])): taking.register(socket.socket(fileno=3 + number), selectors.EVENT_READ)
while True:
    for key, _ in taking.select():
        c, _ = key.fileobj.accept(); c.sendall(str(key.fileobj.getsockname()[1]).encode()); c.close()`;
  await bed.feed(server, "sh", "-c", "cat > /usr/lib/probe/many.py");
  await bed.run("systemctl", "start", "sandbox@many");
  const talk = `import socket
for port in range(8300, 8332): print(socket.create_connection(("127.0.0.1", port), timeout=20).recv(9).decode())`;
  const { stdout, stderr } = await bed.feed(talk, "python3", "-");
  assert.deepEqual(stdout.trim().split("\n").map(Number), ports, stderr);
});

test("for a service that takes no sockets Listen= is refused, with what to write instead", async (context) => {
  await write(context, { wrong: "[Sandbox]\nUnit=apache2.service\n[Network]\nListen=8212\n" });
  const started = await bed.try("sandboxcontainer", "start", "wrong");
  assert.match(started.stderr, /apache2\.service has no socket unit.*Publish=/);
});

test(
  "ten web servers answer behind ten ports, each with its own page, over IPv4 and IPv6",
  { timeout: 600_000 },
  async (context) => {
    const ten = Array.from({ length: 10 }, (_, index) => `ten${index}`);
    const conf = (index: number): string => `[Sandbox]\nUnit=apache2.service\n[Network]\nPublish=${8220 + index}:80\n`;
    await write(context, Object.fromEntries(ten.map((name, index) => [name, conf(index)])));
    await Promise.all(ten.map(makePage));
    await bed.run("systemctl", "start", ...ten.map((name) => `sandbox@${name}`));
    const own = (await bed.run("hostname", "-I")).split(/\s+/).filter((address) => /^\d/.test(address));
    const hosts = ["127.0.0.1", "[::1]", ...own.slice(0, 1)];
    const urls = ten.flatMap((_, index) => hosts.map((host) => `http://${host}:${8220 + index}/`));
    const pages = await bed.run("curl", "-sS", "--parallel", "--max-time", "120", ...urls);
    const expected = ten.flatMap((name) => hosts.map(() => `page of ${name}`));
    assert.deepEqual(pages.split("\n").sort(), expected.sort());
  },
);

test("the host's firewall decides who reaches a published port", async (context) => {
  await write(context, { walled: "[Sandbox]\nUnit=apache2.service\n[Network]\nPublish=8230:80\n" });
  await makePage("walled");
  await bed.run("systemctl", "start", "sandbox@walled");
  await makeClient(bed);
  const visit = `curl -sS --max-time 3 http://${host.ipv4}:8230/ || echo nobody`;
  const rules =
    "add table inet probe; add chain inet probe forward { type filter hook forward priority 0; }; add rule inet probe forward ct original proto-dst 8230 drop";
  await bed.run("nft", rules);
  try {
    assert.match(await onClient(bed, visit), /nobody/);
  } finally {
    await bed.run("nft", "delete", "table", "inet", "probe");
  }
  assert.equal(await onClient(bed, visit), "page of walled");
  await removeClient(bed);
});

test("a service that listens on its loopback only is reached through a port of the host's loopback", async (context) => {
  await write(context, {
    redis: "[Sandbox]\nUnit=redis-server.service\n[Network]\nPublish=127.0.0.1:16379:6379\nPublish=[::1]:16379:6379\n",
  });
  await bed.run("systemctl", "start", "sandbox@redis");
  const listeners = await bed.run("sandboxcontainer", "execute", "redis", "--", "ss", "-Hltn", "sport = :6379");
  assert.match(listeners, /127\.0\.0\.1:6379/);
  assert.doesNotMatch(listeners, /(0\.0\.0\.0|\*|\[::\]):6379/);
  for (const address of ["127.0.0.1", "::1"])
    assert.equal(await bed.run("redis-cli", "-h", address, "-p", "16379", "ping"), "PONG");
});
