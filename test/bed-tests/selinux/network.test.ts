import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { hammer } from "../hammer.ts";
import { defineLab, findForgeries, removeLab } from "../lab.ts";
import { deleteAfter } from "../delete-after.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const confOfTaker = (tcp: number, udp: number): string =>
  `[Sandbox]\nExec=/usr/bin/python3 /usr/lib/probe/sockets.py\n[Network]\nListen=${tcp}\nListen=${udp}/udp\n`;
// Tests only read these. One that changes a sandbox has its own.
const confs = {
  lease: "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\nNetwork=lab\n",
  fixed:
    "[Sandbox]\nExec=/usr/bin/python3 -m http.server 80\n[Network]\nNetwork=lab\nAddress=192.168.177.200/24\nGateway=192.168.177.1\nPublish=8190:80\n",
  shell: "[Sandbox]\nUnit=ssh.service\n[Network]\nListen=2222\n",
  taker: confOfTaker(8210, 8211),
  store: "[Sandbox]\nUnit=redis-server.service\n[Network]\nPublish=127.0.0.1:16379:6379\n",
};
const names = Object.keys(confs);
const addressOf = async (name: string): Promise<string> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { addresses: readonly [string] })
    .addresses[0];
/** Whether a server answers a sandbox. */
const connects = async (from: string, to: string, seconds = 60): Promise<boolean> => {
  const script = `import socket
server = socket.create_connection(${to}, timeout=${seconds})
server.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
print(server.recv(1))`;
  const { stdout } = await bed.try("sandboxcontainer", "execute", from, "--", "python3", "-c", script);
  return /^b'.+'$/m.test(stdout);
};
/** What a sandbox and the host know about their network. */
const lookAround = async (name: string): Promise<string> =>
  bed.run(
    ...[
      "sh",
      "-c",
      'sandboxcontainer execute "$0" -- sh -c "ip address; ip route; ip neigh"; bridge -d link; nft list ruleset',
      name,
    ],
  );
const state = async (unit: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", "--property=ActiveState", unit);

/** Answers on its sockets. To `misuse` it answers with the kernel's error for every other use of them. */
const program = `import errno, fcntl, os, signal, socket
s, u = socket.socket(fileno=3), socket.socket(fileno=4)
def attempt(what):
    try: what()
    except OSError as error: return errno.errorcode[error.errno]
    return "done"
def send_along(): # MSG_FASTOPEN
    s.shutdown(socket.SHUT_RDWR); s.sendto(b"x", 0x20000000, ("::1", 22))
def misuse():
    return " ".join(attempt(what) for what in (lambda: s.connect(("::1", 22)), lambda: u.connect(("::1", 22)), send_along,
        lambda: s.bind(("::", 8212)), lambda: u.bind(("::", 8212)), lambda: fcntl.ioctl(s, 0x8912, bytearray(16))))
if os.fork() == 0:
    while True:
        text, who = u.recvfrom(1000); u.sendto(misuse().encode() if text == b"misuse" else text.upper(), who)
try:
    while True:
        c, who = s.accept(); c.sendall(who[0].encode() + b"\\n"); c.close()
except OSError: signal.pause()`;

/** Runs a Python program on the host, and returns its output. */
const python = async (script: string): Promise<string> => {
  const { stdout, stderr } = await bed.feed(script, "python3", "-");
  return `${stdout}${stderr}`.trim();
};
const sendDatagram = (text: string, port: number): Promise<string> =>
  python(`import socket
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.settimeout(20); u.sendto(b"${text}", ("127.0.0.1", ${port})); print(u.recv(99).decode())`);

/** Writes the conf of a sandbox, and starts units of it. */
async function start(name: string, conf: string, ...units: readonly string[]): Promise<void> {
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", ...(units.length > 0 ? units : [`sandbox@${name}`]));
}

let mark: string;

before(async () => {
  mark = await markDenials(bed);
  await defineLab(bed);
  await bed.feed(
    program,
    "sh",
    "-c",
    "mkdir -p /usr/lib/probe; cat > /usr/lib/probe/sockets.py; restorecon -R /usr/lib/probe",
  );
  await bed.feed(hammer, "sh", "-c", "cat > /root/hammer.py");
  for (const [name, conf] of Object.entries(confs))
    assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", ...names.map((name) => `sandbox@${name}`));
});

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("rm", "-rf", "/usr/lib/probe", "/root/hammer.py");
  await removeLab(bed);
});

test("a start has an address from DHCP, or the one that is written down, when it is done", async () => {
  for (const name of ["lease", "fixed"]) {
    const mac = await bed.run("sandboxcontainer", "execute", name, "--", "cat", "/sys/class/net/eth0/address");
    const domain = await bed.run("cat", `/var/lib/sandboxcontainer/${name}/start/domain.xml`);
    assert.match(domain, new RegExp(`<mac address="${mac}"`), name);
  }
  assert.match(await addressOf("lease"), /^192\.168\.177\.\d\d$/);
  assert.equal(await addressOf("fixed"), "192.168.177.200");
  for (const host of ["192.168.177.200", "127.0.0.1:8190"])
    await eventually(async () => {
      assert.match(await bed.run("curl", "-sS", "-I", "--max-time", "20", `http://${host}/`), /^Server: SimpleHTTP/m);
    });
});

test("two sandboxes of one network reach each other only when one is not isolated", async (context) => {
  deleteAfter(context, bed, "mixed");
  await start("mixed", confs.lease);
  const before = await addressOf("mixed");
  for (const name of ["mixed", "fixed"])
    assert.equal(await bed.run("cat", `/sys/class/net/sb-${name}/brport/isolated`), "1", name);
  const reached = await connects("mixed", "('192.168.177.200', 80)", 4);
  assert.equal(reached, false, reached ? await lookAround("mixed") : "");
  await bed.run("sandboxcontainer", "set", "mixed", "Isolated=no");
  await bed.run("systemctl", "restart", "sandbox@mixed");
  assert.equal(await connects("mixed", "('192.168.177.200', 80)"), true);
  assert.equal(await addressOf("mixed"), before);
});

test("nobody sends as somebody else", async () => {
  const mine = await addressOf("lease");
  assert.deepEqual(await findForgeries(bed, "lease", mine, "192.168.177.200"), [`arp ${mine}`, "own"]);
});

test("IPAddressDeny= and IPAddressAllow= are in force, also when they change", async (context) => {
  deleteAfter(context, bed, "denied");
  await start("denied", `${confs.lease}[Resources]\nIPAddressDeny=10.0.2.0/24\n`);
  const host = /10\.0\.2\.\d+/.exec(await bed.run("hostname", "-I"))?.[0] ?? "";
  assert.equal(await connects("denied", "('192.168.177.1', 22)"), true);
  assert.equal(await connects("denied", `('${host}', 22)`, 4), false);
  await bed.run("sandboxcontainer", "set", "denied", `IPAddressAllow=${host}`);
  assert.equal(await connects("denied", `('${host}', 22)`), true);
});

test("a socket of the host is handed to the service inside", async () => {
  const greeting = "import socket; print(socket.create_connection(('127.0.0.1',2222),timeout=20).recv(99))";
  assert.match(await python(greeting), /SSH-2\.0-OpenSSH/);
});

test("a command takes sockets of TCP and UDP, and sees who connects", async () => {
  assert.equal(await sendDatagram("hello", 8211), "HELLO");
  const talk = `import socket
for host in "127.0.0.1", "::1": print(socket.create_connection((host, 8210), timeout=20).recv(99).decode().strip())`;
  assert.equal(await python(talk), "::ffff:127.0.0.1\n::1");
});

test("a service that listens on its loopback only is reached through a port of the host's loopback", async () => {
  const listeners = await bed.run("sandboxcontainer", "execute", "store", "--", "ss", "-Hltn", "sport = :6379");
  assert.match(listeners, /127\.0\.0\.1:6379/);
  assert.doesNotMatch(listeners, /(0\.0\.0\.0|\*|\[::\]):6379/);
  assert.equal(await bed.run("redis-cli", "-p", "16379", "ping"), "PONG");
});

test("on demand the first connections are all served, and it stops when nobody is left", async (context) => {
  deleteAfter(context, bed, "demand");
  const served = "Exec=/usr/bin/python3 -m http.server 80";
  const conf = `[Sandbox]\n${served}\n[Network]\nPublish=8200:80\nOnDemand=yes\nIdleStopSec=5\n`;
  await start("demand", conf, "sandbox-root@demand", "sandbox-demand-8200.socket");
  assert.equal(await state("sandbox@demand"), "inactive");
  // This is one command, because the sandbox stops five seconds later.
  const script = "python3 /root/hammer.py 8200 10 1 0; systemctl is-active sandbox@demand";
  assert.equal(await bed.run("sh", "-c", script), "0\nactive");
  await eventually(async () => {
    assert.equal(await state("sandbox@demand"), "inactive");
  });
  assert.equal(await state("sandbox-demand-8200.socket"), "active");
});

test("nothing was denied that nobody expects", async () => {
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});

test("nobody inside can connect or bind such a socket elsewhere, or see the host's interfaces through it", async (context) => {
  deleteAfter(context, bed, "misuser");
  await start("misuser", confOfTaker(8214, 8215));
  assert.equal(await sendDatagram("misuse", 8215), "EACCES EACCES EACCES EACCES EACCES EACCES");
});
