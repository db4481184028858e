import assert from "node:assert/strict";
import { basename } from "node:path";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { assertImpossibleFail, defineLab, findForgeries, removeLab } from "../lab.ts";

const bed = useBed("native");
const inside = (name: string, ...command: readonly string[]) =>
  bed.try("sandboxcontainer", "execute", name, "--", ...command);
const shell = (script: string): Promise<string> => bed.run("sh", "-c", script);
const virsh = (...words: readonly string[]): Promise<string> => bed.run("virsh", "-q", "-c", "lxc:///system", ...words);
const names = ["lease", "fixed", "web", "open", "bridged", "alone", "hosted", "static", "bad"];
const write = async (name: string, network: string, content = "Exec=/usr/bin/sleep infinity"): Promise<void> => {
  const conf = `[Sandbox]\n${content}\n[Network]\n${network}\n`;
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
};
const addressesOf = async (name: string): Promise<readonly string[]> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { addresses: readonly string[] }).addresses;
/** Returns the first IPv4 address. */
const addressOf = async (name: string): Promise<string> => (await addressesOf(name))[0] ?? "";
const connects = async (from: string, to: string, seconds = 60): Promise<boolean> => {
  const url = `http://${to.includes(":") ? `[${to}]` : to}/`;
  return (await inside(from, "curl", "-sS", "--max-time", String(seconds), url)).status === 0;
};

before(async () => {
  await defineLab(bed);
  await write("lease", "Network=lab");
  await write("web", "Network=lab\nPublish=8190:80", "Unit=apache2.service");
  await write(
    "fixed",
    "Network=lab\nAddress=192.168.177.200/24\nAddress=fd77::200/64\nGateway=192.168.177.1\nRoute=10.0.0.0/8 via 192.168.177.3\nDNS=192.0.2.53\nMacAddress=52:54:00:00:02:00",
  );
  await write("alone", "Network=none");
  await bed.run("systemctl", "daemon-reload");
});

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try(
    "sh",
    "-c",
    "rm -f /etc/sandboxcontainer/{bad,open}.conf; systemctl daemon-reload; ip link delete br-test",
  );
  await removeLab(bed);
});

test("a network that is down is started, and a start has an address from DHCP when it is done", async () => {
  await bed.run("systemctl", "start", "sandbox@lease");
  assert.match(await virsh("net-list", "--name"), /^lab$/m);
  assert.match(await addressOf("lease"), /^192\.168\.177\.\d\d$/);
  assert.match((await inside("lease", "ip", "route")).stdout, /^default via 192\.168\.177\.1 dev eth0/m);
  assert.match(await bed.run("sandboxcontainer", "list"), new RegExp(`lease.*${await addressOf("lease")}`));
  assert.match((await inside("lease", "cat", "/etc/resolv.conf")).stdout, /^nameserver 192\.168\.177\.1$/m);
});

test("an address of IPv6 comes from the router's advertisement", async () => {
  await eventually(async () => {
    assert.match((await addressesOf("lease")).join(), /fd77::/);
  });
});

test("libvirt's DNS serves the name", async () => {
  const script = `import socket,struct,sys
q=struct.pack('>6H',7,256,1,0,0,0)+b'\\x05lease\\x03lab\\0'+struct.pack('>2H',1,1)
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5); s.sendto(q,('192.168.177.1',53))
print(socket.inet_ntoa(s.recv(512)[-4:]))`;
  assert.equal((await bed.feed(script, "python3", "-")).stdout.trim(), await addressOf("lease"));
});

test("a restart keeps the address", async () => {
  const address = await addressOf("lease");
  await bed.run("systemctl", "restart", "sandbox@lease");
  assert.equal(await addressOf("lease"), address);
});

test("addresses that are written down are there with gateway, route, MAC address and name server", async () => {
  await bed.run("systemctl", "start", "sandbox@fixed");
  // The kernel itself may add an address from a router's advertisement.
  assert.deepEqual((await addressesOf("fixed")).slice(0, 2), ["192.168.177.200", "fd77::200"]);
  const routes = (await inside("fixed", "ip", "route")).stdout;
  assert.match(routes, /^default via 192\.168\.177\.1 /m);
  assert.match(routes, /^10\.0\.0\.0\/8 via 192\.168\.177\.3 /m);
  assert.match((await inside("fixed", "ip", "link", "show", "eth0")).stdout, /link\/ether 52:54:00:00:02:00/);
  assert.equal((await inside("fixed", "cat", "/etc/resolv.conf")).stdout, "nameserver 192.0.2.53\n");
});

test("a unit that has an address answers there, over IPv4 and IPv6, and on its published port", async () => {
  await bed.run("systemctl", "start", "sandbox@web");
  await bed.feed(
    "page of web\n",
    "sandboxcontainer",
    "execute",
    "web",
    "--",
    "sh",
    "-c",
    "cat > /var/www/html/index.html",
  );
  await eventually(async () => {
    assert.equal((await addressesOf("web")).length, 2);
  });
  for (const address of [...(await addressesOf("web")), "127.0.0.1:8190", "[::1]:8190"]) {
    const host = address.includes("::") && !address.startsWith("[") ? `[${address}]` : address;
    assert.equal(await bed.run("curl", "-sS", "--max-time", "5", `http://${host}/`), "page of web", address);
  }
});

test("isolated sandboxes of one network do not reach each other, also through the host; others do", async () => {
  const [web = "", web6 = ""] = await addressesOf("web");
  await shell(
    "echo 1 > /proc/sys/net/ipv4/ip_forward; for i in all virbr-lab; do echo 0 > /proc/sys/net/ipv4/conf/$i/send_redirects; done",
  );
  assert.equal(await connects("lease", web, 3), false);
  assert.equal(await connects("lease", web6, 3), false);
  // Root inside would do this if it had rights over the network.
  assert.notEqual((await inside("lease", "ip", "route", "add", `${web}/32`, "via", "192.168.177.1")).status, 0);
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "lease")) as { initPid: number };
  const other = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "web")) as { initPid: number };
  await shell(`nsenter -t ${initPid} -n ip route add ${web}/32 via 192.168.177.1`);
  await shell(`nsenter -t ${other.initPid} -n ip route add ${await addressOf("lease")}/32 via 192.168.177.1`);
  assert.equal(await connects("lease", web, 3), false);
  // Our rule stops it. The next start loads the rule again.
  await bed.run("nft", "flush", "chain", "inet", "sandboxcontainer", "forward");
  assert.equal(await connects("lease", web), true);
  await write("open", "Network=lab\nIsolated=no");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@open");
  assert.equal(await connects("open", web), true);
  assert.equal(await connects("lease", web, 3), false);
});

test("nobody sends as somebody else: not from its MAC address, nor from its IP address, nor as a DHCP server", async () => {
  const mine = await addressOf("lease");
  assert.deepEqual(await findForgeries(bed, "lease", mine, await addressOf("web")), [`arp ${mine}`, "own"]);
});

test("what cannot work fails the start at once, and says why", async () => {
  await assertImpossibleFail(bed);
});

test("a bridge of the host serves as well, and one that is not there is named", async () => {
  await shell("ip link add br-test type bridge && ip address add 192.0.2.1/24 dev br-test && ip link set br-test up");
  await write("bridged", "Network=bridge:br-test\nAddress=192.0.2.7/24\nAddress=2001:db8::7/64");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@bridged");
  await bed.run("ping", "-c", "1", "-W", "5", "192.0.2.7");
  await bed.run("systemctl", "stop", "sandbox@bridged");
  await write("bad", "Network=bridge:br-tset\nAddress=192.0.2.8/24");
  await bed.run("systemctl", "daemon-reload");
  const verified = await bed.try("sandboxcontainer", "verify", "bad");
  assert.equal(verified.status, 2);
  assert.match(
    verified.stdout,
    /bad\.conf:4: Network=bridge:br-tset: this host has no bridge br-tset\. Did you mean br-test\?/,
  );
  const started = await bed.try("sandboxcontainer", "start", "bad");
  assert.match(started.stderr, /there is no bridge br-tset on this host\. Bridges here: .*br-test/);
});

test("a network that libvirt does not know fails the start with those that it knows", async () => {
  await write("bad", "Network=lap");
  await bed.run("systemctl", "daemon-reload");
  assert.match(
    (await bed.try("sandboxcontainer", "verify", "bad")).stdout,
    /no libvirt network lap\. Did you mean lab\?/,
  );
  assert.match(
    (await bed.try("sandboxcontainer", "start", "bad")).stderr,
    /there is no libvirt network lap\. Networks here: .*lab/,
  );
});

test("a filter of libvirt's takes the place of our rules, and one that is not there is named", async () => {
  await write("bad", "Network=lab\nAddress=192.168.177.201/24\nFilter=clean-traffic");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@bad");
  assert.match(await bed.run("nft", "list", "table", "bridge", "nat"), /iifname "sb-bad" .*jump libvirt-I-sb-bad/);
  assert.doesNotMatch(await bed.run("nft", "list", "table", "bridge", "sandboxcontainer"), /sb-bad/);
  await bed.run("ping", "-c", "1", "-W", "5", "192.168.177.201");
  await bed.run("systemctl", "stop", "sandbox@bad");
  await write("bad", "Network=lab\nAddress=192.168.177.201/24\nFilter=clean-trafic");
  await bed.run("systemctl", "daemon-reload");
  assert.match((await bed.try("sandboxcontainer", "verify", "bad")).stdout, /bad\.conf:6: Filter=.*clean-traffic\?/);
  assert.match((await bed.try("sandboxcontainer", "start", "bad")).stderr, /clean-trafic/);
});

const otherClients = [
  { client: "dhcpcd", away: ["/usr/lib/systemd/systemd-networkd"], process: "dhcpcd: eth0" },
  {
    client: "dhclient",
    away: ["/usr/lib/systemd/systemd-networkd", "/usr/sbin/dhcpcd"],
    process: "/usr/sbin/dhclient .* eth0",
  },
];
for (const { client, away, process } of otherClients) {
  test(`without ${away.map((path) => basename(path)).join(" and ")} ${client} asks`, async () => {
    await bed.run("systemctl", "stop", "sandbox@lease");
    for (const path of away) await bed.run("mv", path, `${path}.away`);
    const started = await bed.try("systemctl", "start", "sandbox@lease");
    for (const path of away) await bed.run("mv", `${path}.away`, path);
    assert.equal(started.status, 0);
    assert.match(await addressOf("lease"), /^192\.168\.177\.\d\d$/);
    assert.match((await inside("lease", "cat", "/etc/resolv.conf")).stdout, /^nameserver 192\.168\.177\.1$/m);
    assert.match((await inside("lease", "cat", "/proc/net/route")).stdout, /^eth0\t00000000\t01B1A8C0/m);
    await bed.run("pgrep", "-f", process);
  });
}

test("name servers and hosts are right with the host's network and a static address, and follow the host's changes", async () => {
  await write("hosted", "Network=host");
  await write("static", "Network=lab\nAddress=192.168.177.202/24");
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", "sandbox@hosted", "sandbox@static");
  const servers = async (): Promise<readonly string[]> =>
    Promise.all(
      ["hosted", "static"].map(async (name) => (await inside(name, "cat", "/etc/resolv.conf")).stdout.trim()),
    );
  const host = await bed.run("cat", "/etc/resolv.conf");
  assert.deepEqual(await servers(), [host, host]);
  await shell("cp /etc/resolv.conf /root/resolv.conf; echo 'nameserver 192.0.2.99' > /etc/resolv.conf");
  try {
    await eventually(async () => {
      assert.deepEqual(await servers(), ["nameserver 192.0.2.99", "nameserver 192.0.2.99"]);
    });
  } finally {
    await shell("cat /root/resolv.conf > /etc/resolv.conf");
  }
  for (const name of ["localhost", "hosted"]) {
    assert.match((await inside("hosted", "getent", "ahosts", name)).stdout, /^(127\.|::1)/, name);
  }
  assert.match((await inside("static", "getent", "ahosts", "localhost")).stdout, /^(127\.|::1)/);
  assert.match(await bed.run("sandboxcontainer", "show", "hosted"), /warnings: .*Network=host gives up a wall/);
});

test("where no DHCP server answers the start fails in time, and says so", { timeout: 600_000 }, async () => {
  await write("bad", "Network=bridge:br-test");
  await bed.run("systemctl", "daemon-reload");
  const started = await bed.try("sandboxcontainer", "start", "bad");
  assert.match(started.stderr, /no DHCP server answered on network br-test within 30 seconds/);
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandbox@bad"), "failed");
  // The client has given the reason. It does not try again, and does not stay.
  await eventually(async () => {
    const client = await bed.run("systemctl", "show", "--property=ActiveState,MainPID,NRestarts", "sandbox-dhcp@bad");
    assert.deepEqual(client.split("\n").sort(), ["ActiveState=inactive", "MainPID=0", "NRestarts=0"]);
  });
});

test("after the stop nothing of it is left on the host's network", async () => {
  for (const name of ["lease", "fixed", "web", "open", "static"]) {
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    assert.equal(await bed.run("systemctl", "show", "--value", "--property=Result", `sandbox@${name}`), "success");
  }
  await eventually(async () => {
    assert.doesNotMatch(await bed.run("ip", "-o", "link"), /sb-/);
  });
  assert.doesNotMatch(await bed.run("nft", "list", "ruleset"), /sb-|virbr-lab" \. /);
});

test("without Network= there is a loopback and nothing else", async () => {
  await bed.run("systemctl", "start", "sandbox@alone");
  assert.match((await inside("alone", "ls", "/sys/class/net")).stdout, /^lo\n$/);
});
