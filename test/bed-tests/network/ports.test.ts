import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { client, host, makeClient, onClient, removeClient } from "../client.ts";
import { oneLine, useCommand } from "../command.ts";
import { defineLab, removeLab } from "../lab.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native-network");
const { command, inside } = useCommand(bed);
const { make, deleteAfter } = useSandboxes(bed);
const shell = (script: string): Promise<string> => bed.run("bash", "-c", script);

// Answers each datagram with the address that it came from, as long as it runs; and asks so.
const answer = `import socket,sys
s=socket.socket(socket.AF_INET6,socket.SOCK_DGRAM); s.setsockopt(socket.IPPROTO_IPV6,socket.IPV6_V6ONLY,0); s.bind(("::",int(sys.argv[1])))
while True:
    d,a=s.recvfrom(9999); s.sendto(a[0].replace("::ffff:","").encode(),a)`;
const ask = `import socket,sys
to,port,own,tries=sys.argv[1],int(sys.argv[2]),int(sys.argv[3]),int(sys.argv[4])
s=socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET,socket.SOCK_DGRAM); s.bind(("",own)); s.settimeout(1)
for _ in range(tries):
    s.sendto(b"who?",(to,port))
    try: print(s.recvfrom(99)[0].decode()); break
    except OSError: pass
else: print("nobody")`;

const askFrom = (run: typeof shell, to: string, port: number, own = 0, tries = 3): Promise<string> =>
  run(`python3 /root/ask.py ${to} ${port} ${own} ${tries}`);
const fromClient = (script: string): Promise<string> => onClient(bed, script);

// 000: nobody answers.
const get = (address: string, port: number): string =>
  `curl -s -o /dev/null -w '%{http_code}' --max-time 3 http://${address.includes(":") ? `[${address}]` : address}:${port}/ || true`;

/** Whoever asked apache2 inside last. */
const lastClient = async (name: string): Promise<string> =>
  (await inside(name, "tail -n 1 /var/log/apache2/access.log")).stdout.split(" ")[0] ?? "";

const linkOf = async (name: string): Promise<string> =>
  shell(`sed -n 's/^LINK=//p' /run/sandboxcontainer/${name}/link`);

const notesOf = async (name: string): Promise<string> =>
  (await bed.run("sandboxcontainer", "list", "--format", "{{NAME}} {{NOTES}}"))
    .split("\n")
    .find((line) => line.startsWith(`${name} `)) ?? "";

async function write(t: TestContext, name: string, content: string, network: string): Promise<void> {
  deleteAfter(t, name);
  const conf = `[Sandbox]\n${content}\n[Network]\n${network}\n`;
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
}

before(async () => {
  await bed.feed(answer, "sh", "-c", "cat > /usr/local/bin/answer.py");
  await bed.feed(ask, "sh", "-c", "cat > /root/ask.py");
  await makeClient(bed);
});

after(async () => {
  await removeClient(bed);
  await bed.try("rm", "-f", "/usr/local/bin/answer.py", "/root/ask.py");
});

test("the service sees its clients, and an address that is not its loopback for those of the host", async (t) => {
  await make(t, "seen", "--unit", "apache2.service", "--publish", "8301:80", "--start");
  assert.equal(await fromClient(get(host.ipv4, 8301)), "200");
  assert.equal(await lastClient("seen"), client.ipv4);
  assert.equal(await fromClient(get(host.ipv6, 8301)), "200");
  assert.equal(await lastClient("seen"), client.ipv6);
  assert.equal(await shell(get(host.ipv4, 8301)), "200");
  assert.equal(await lastClient("seen"), host.ipv4);
  for (const address of ["127.0.0.1", "localhost", "::1"]) {
    assert.equal(await shell(get(address, 8301)), "200", address);
    assert.doesNotMatch(await lastClient("seen"), /^127\.|^::1$/);
  }
});

test("nobody reaches a port that is not published, and root inside reaches nobody", async (t) => {
  await make(t, "shut", "--unit", "apache2.service", "--publish", "8302:81", "--start");
  await make(t, "next", "--unit", "apache2.service", "--publish", "8303:80", "--start");
  const link = await linkOf("shut");
  assert.equal(await shell(get(link, 80)), "000");
  assert.equal(await fromClient(get(link, 80)), "000");
  await shell("systemd-run --quiet --unit=serves python3 -m http.server 8399 --bind ::");
  t.after(() => bed.try("systemctl", "stop", "serves"));
  await eventually(async () => {
    assert.equal(await fromClient(get(host.ipv4, 8399)), "200");
  });
  const others = [host.ipv4, host.ipv6, link.replace(/\d+$/, (last) => String(Number(last) - 1))];
  for (const [address, port] of [
    ...others.map((each) => [each, 8399] as const),
    [host.ipv4, 8303] as const,
    [await linkOf("next"), 80] as const,
  ]) {
    const began = Date.now();
    assert.equal((await inside("shut", get(address, port))).stdout, "000", `${address}:${port}`);
    assert.ok(Date.now() - began < 2500, `${address}:${port} is refused at once`);
  }
});

test("what listens on the loopback inside is not reached, and list and the journal say so", async (t) => {
  await make(t, "cache", "--unit", "redis-server.service", "--publish", "8304:6379", "--start");
  assert.equal(await fromClient(`timeout 3 redis-cli -h ${host.ipv4} -p 8304 ping 2>&1 | grep -c PONG || true`), "0");
  assert.match(await notesOf("cache"), /local-only/);
  assert.match(
    await bed.journal("-u", "sandbox@cache"),
    /port 6379 inside listens on the sandbox's loopback only, so nobody reaches it by port 8304/,
  );
});

test("UDP, ranges of ports, and single addresses are published", async (t) => {
  const run = ["--", "/usr/bin/python3", "/usr/local/bin/answer.py", "54"];
  const ports = ["8305:54/udp", "8310-8312:53-55/udp", `${host.ipv4}:8313:54/udp`];
  await make(t, "udp", ...ports.flatMap((port) => ["--publish", port]), "--start", ...run);
  for (const port of [8305, 8311, 8313])
    assert.equal(await askFrom(fromClient, host.ipv4, port), client.ipv4, String(port));
  assert.equal(await askFrom(fromClient, host.ipv6, 8305), client.ipv6);
  assert.equal(await askFrom(fromClient, host.ipv6, 8313), "nobody");
  assert.equal(await askFrom(fromClient, host.ipv4, 8310), "nobody");
  assert.match(await askFrom(shell, "127.0.0.1", 8311), /^198\./);
});

test("a datagram starts a sandbox on demand, also for a client that keeps its port, and an idle one stops", async (t) => {
  const network = "Publish=8315:53/udp\nOnDemand=yes\nIdleStopSec=3";
  await write(t, "wakes", "Exec=/usr/bin/python3 /usr/local/bin/answer.py 53", network);
  await bed.run("systemctl", "start", "sandbox-root@wakes", "sandbox-wakes-8315.udp.socket");
  for (const time of ["first", "second"]) {
    assert.equal(await askFrom(fromClient, host.ipv4, 8315, 4001, 30), client.ipv4, time);
    assert.equal(await askFrom(fromClient, host.ipv4, 8315, 4001), client.ipv4);
    await eventually(async () => {
      assert.equal(await shell("systemctl is-active sandbox@wakes || true"), "inactive");
    });
    assert.equal(await bed.run("systemctl", "is-active", "sandbox-wakes-8315.udp.socket"), "active");
  }
});

test("a sandbox in a network keeps its interface there, and gets its ports by a link", async (t) => {
  await defineLab(bed);
  t.after(() => removeLab(bed));
  await make(t, "both", "--unit", "apache2.service", "--network", "lab", "--publish", "8316:80", "--start");
  for (const address of [host.ipv4, host.ipv6]) assert.equal(await fromClient(get(address, 8316)), "200", address);
  assert.equal(await lastClient("both"), client.ipv6);
  const { addresses } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "both")) as {
    addresses: readonly string[];
  };
  assert.match(addresses.join(" "), /^192\.168\.177\.\d+/);
  assert.doesNotMatch(addresses.join(" "), /198\./);
});

test("rules that a firewall has removed are noticed and fixed, and nobody else's are touched", async (t) => {
  await make(t, "walled", "--unit", "apache2.service", "--publish", "8317:80", "--start");
  assert.doesNotMatch(await notesOf("walled"), /ports-lost/);
  await shell("nft flush ruleset; nft add table inet others");
  t.after(() => bed.try("nft", "delete", "table", "inet", "others"));
  assert.match(await notesOf("walled"), /ports-lost/);
  await bed.run("systemctl", "reload", "sandboxcontainer-ports");
  assert.doesNotMatch(await notesOf("walled"), /ports-lost/);
  assert.equal(await fromClient(get(host.ipv4, 8317)), "200");
  // Debian's own unit flushes everything, also when it stops.
  for (const verb of ["start", "reload", "restart", "stop"]) {
    await bed.run("systemctl", verb, "nftables");
    assert.equal(await fromClient(get(host.ipv4, 8317)), "200", verb);
  }
  await shell("nft add table inet others; nft flush chain inet sandboxcontainer link-asks");
  await make(t, "another", "--unit", "apache2.service", "--publish", "8318:80", "--start");
  assert.match(await bed.run("nft", "list", "table", "inet", "sandboxcontainer"), /chain link-asks \{\s+icmp/);
  assert.match(await bed.run("nft", "list", "tables"), /inet others/);
});

test(
  "after a boot with the rules of the host's own nftables.service both are there",
  { timeout: 300_000 },
  async (t) => {
    await make(t, "booted", "--unit", "apache2.service", "--publish", "8321:80", "--enable");
    await shell("cp /etc/nftables.conf /root/nftables.conf; echo 'table inet others { }' >> /etc/nftables.conf");
    t.after(() =>
      shell(
        "systemctl disable --now nftables; mv /root/nftables.conf /etc; nft delete table inet others 2>/dev/null || true",
      ),
    );
    await bed.run("systemctl", "enable", "nftables");
    await bed.reboot();
    await makeClient(bed);
    await eventually(async () => {
      assert.equal(await fromClient(get(host.ipv4, 8321)), "200");
    });
    assert.equal(await lastClient("booted"), client.ipv4);
    assert.equal(await bed.run("systemctl", "is-active", "nftables"), "active");
    assert.match(await bed.run("nft", "list", "tables"), /inet others/);
    assert.doesNotMatch(await notesOf("booted"), /ports-lost/);
  },
);

test("a port that a program has, or a subnet that the host reaches otherwise, is refused by name", async (t) => {
  await shell("systemd-run --quiet --unit=serves python3 -m http.server 8319");
  t.after(() => bed.try("systemctl", "stop", "serves"));
  await eventually(async () => {
    assert.equal(await shell(get("127.0.0.1", 8319)), "200");
  });
  deleteAfter(t, "late", "lost");
  oneLine(
    await command("create", "late", "--unit", "apache2.service", "--publish", "8319:80", "--start"),
    1,
    /port 8319 of this host is in use by python3 \(process \d+\)\. Free it, or change Publish= in the conf of late/,
  );
  await write(t, "lost", "Unit=apache2.service", "Publish=8320:80\nLinkRange=192.0.2.0/24");
  assert.notEqual((await bed.try("systemctl", "start", "sandbox@lost")).status, 0);
  assert.match(await bed.journal("-u", "sandbox@lost"), /192\.0\.2\.0\/24, which this host reaches by to-client/);
});

test("PublishBy=proxy leads to the loopback inside, and is warned of", async (t) => {
  deleteAfter(t, "trusts");
  const { stderr } = await command(
    ...["create", "trusts", "--unit", "apache2.service", "--publish", "8321:80", "--set", "Network.PublishBy=proxy"],
    "--start",
  );
  assert.match(stderr, /clients from anywhere appear inside as 127\.0\.0\.1/);
  assert.equal(await fromClient(get(host.ipv4, 8321)), "200");
  assert.equal(await lastClient("trusts"), "127.0.0.1");
});

test("nothing of a sandbox runs whose ports nft refuses, and its next start is as any", async (t) => {
  deleteAfter(t, "refused");
  const marker = "/var/lib/sandboxcontainer/refused/root/var/ran";
  const content = ["/usr/bin/sh", "-c", "touch /var/ran; exec sleep infinity"];
  await bed.run("sandboxcontainer", "create", "refused", "--publish", "8322:80", "--", ...content);
  await shell(
    "printf '#!/bin/sh\necho no rules >&2; exit 1\n' > /root/nft; chmod +x /root/nft; mount --bind /root/nft /usr/sbin/nft",
  );
  try {
    for (let turn = 0; turn < 5; turn++) {
      assert.notEqual((await bed.try("systemctl", "start", "sandbox@refused")).status, 0);
      await bed.run("systemctl", "reset-failed", "sandbox@refused");
      assert.notEqual((await bed.try("test", "-e", marker)).status, 0, String(turn));
    }
  } finally {
    await shell("umount /usr/sbin/nft; rm /root/nft");
  }
  assert.match(await bed.journal("--unit=sandbox@refused"), /the ports of refused cannot be published: no rules/);
  await bed.run("systemctl", "start", "sandbox@refused");
  await eventually(() => bed.run("test", "-e", marker));
});

test("a host whose IPv6 is turned off after prepare goes on with IPv4", async (t) => {
  await make(t, "older", "--unit", "apache2.service", "--publish", "8320:80", "--start");
  const turnOff = (off: 0 | 1): Promise<string> => shell(`sysctl -q -w net.ipv6.conf.default.disable_ipv6=${off}`);
  t.after(() => turnOff(0));
  await turnOff(1);
  await bed.run("systemctl", "restart", "sandbox@older");
  assert.equal(await fromClient(get(host.ipv4, 8320)), "200");
  assert.equal(await lastClient("older"), client.ipv4);
});

test("after a stop nothing of a link is left, and the same address comes again", async (t) => {
  await make(t, "gone", "--unit", "apache2.service", "--publish", "8322:80", "--publish", "8322:80/udp", "--start");
  const link = await linkOf("gone");
  await bed.run("systemctl", "stop", "sandbox@gone");
  assert.equal(await shell(`nft list ruleset | grep -c '${link}\\|sp-gone\\|8322' || true`), "0");
  await eventually(async () => {
    assert.equal(await shell("ip -o link | grep -c sp-gone || true"), "0");
  });
  await bed.run("systemctl", "start", "sandbox@gone");
  assert.equal(await linkOf("gone"), link);
});
