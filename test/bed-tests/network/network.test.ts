import assert from "node:assert/strict";
import { basename } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually, useBed } from "../bed.ts";
import { defineLab, removeLab } from "../lab.ts";
import { fixedNetwork, makeBridge, useLabSandboxes } from "../lab-sandboxes.ts";

const bed = useBed("native-network");
const { define, start, inside, addressesOf, addressOf } = useLabSandboxes(bed);
const virsh = (...words: readonly string[]) => bed.try("virsh", "-q", "-c", "lxc:///system", ...words);

before(() => defineLab(bed));

after(() => removeLab(bed));

test("a network that is down is started, and a start has an address from DHCP when it is done", async (context) => {
  await virsh("net-destroy", "lab");
  assert.doesNotMatch((await virsh("net-list", "--name")).stdout, /^lab$/m);
  await start(context, "lease", "Network=lab");
  assert.match((await virsh("net-list", "--name")).stdout, /^lab$/m);
  assert.match(await addressOf("lease"), /^192\.168\.177\.\d\d$/);
  assert.match((await inside("lease", "ip", "route")).stdout, /^default via 192\.168\.177\.1 dev eth0/m);
  assert.match(await bed.run("sandboxcontainer", "list"), new RegExp(`lease.*${await addressOf("lease")}`));
  assert.match((await inside("lease", "cat", "/etc/resolv.conf")).stdout, /^nameserver 192\.168\.177\.1$/m);
});

test("an address of IPv6 comes from the router's advertisement", async (context) => {
  await start(context, "advertised", "Network=lab");
  await eventually(async () => {
    assert.match((await addressesOf("advertised")).join(), /fd77::/);
  });
});

test("it is there again after the DHCP client was started again, which finds it and drops it", async (context) => {
  await start(context, "kept", "Network=lab");
  const awaitBoth = (): Promise<void> =>
    eventually(async () => {
      assert.equal((await addressesOf("kept")).length, 2);
    });
  await awaitBoth();
  for (let count = 0; count < 2; count++) {
    await bed.run("systemctl", "restart", "sandbox-dhcp@kept");
    await sleep(3000);
    await awaitBoth();
  }
});

test("libvirt's DNS serves the name", async (context) => {
  await start(context, "named", "Network=lab");
  const script = `import socket,struct,sys
q=struct.pack('>6H',7,256,1,0,0,0)+b'\\x05named\\x03lab\\0'+struct.pack('>2H',1,1)
s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM); s.settimeout(5); s.sendto(q,('192.168.177.1',53))
print(socket.inet_ntoa(s.recv(512)[-4:]))`;
  assert.equal((await bed.feed(script, "python3", "-")).stdout.trim(), await addressOf("named"));
});

test("a restart keeps the address", async (context) => {
  await start(context, "again", "Network=lab");
  const address = await addressOf("again");
  assert.match(address, /^192\.168\.177\.\d\d$/);
  await bed.run("systemctl", "restart", "sandbox@again");
  assert.equal(await addressOf("again"), address);
});

test("addresses that are written down are there with gateway, route, MAC address and name server", async (context) => {
  await start(context, "fixed", fixedNetwork);
  // The kernel itself may add an address from a router's advertisement.
  assert.deepEqual((await addressesOf("fixed")).slice(0, 2), ["192.168.177.200", "fd77::200"]);
  const routes = (await inside("fixed", "ip", "route")).stdout;
  assert.match(routes, /^default via 192\.168\.177\.1 /m);
  assert.match(routes, /^10\.0\.0\.0\/8 via 192\.168\.177\.3 /m);
  assert.match((await inside("fixed", "ip", "link", "show", "eth0")).stdout, /link\/ether 52:54:00:00:02:00/);
  assert.equal((await inside("fixed", "cat", "/etc/resolv.conf")).stdout, "nameserver 192.0.2.53\n");
});

test("a unit that has an address answers there, over IPv4 and IPv6, and on its published port", async (context) => {
  await start(context, "web", "Network=lab\nPublish=8190:80", "Unit=apache2.service");
  const put = ["sandboxcontainer", "execute", "web", "--", "sh", "-c", "cat > /var/www/html/index.html"];
  await bed.feed("page of web\n", ...put);
  await eventually(async () => {
    assert.equal((await addressesOf("web")).length, 2);
  });
  for (const address of [...(await addressesOf("web")), "127.0.0.1:8190", "[::1]:8190"]) {
    const host = address.includes("::") && !address.startsWith("[") ? `[${address}]` : address;
    assert.equal(await bed.run("curl", "-sS", "--max-time", "5", `http://${host}/`), "page of web", address);
  }
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
  test(`without ${away.map((path) => basename(path)).join(" and ")} ${client} asks`, async (context) => {
    await define(context, client, "Network=lab");
    try {
      for (const path of away) await bed.run("mv", path, `${path}.away`);
      await bed.run("systemctl", "start", `sandbox@${client}`);
    } finally {
      for (const path of away) await bed.run("mv", `${path}.away`, path);
    }
    assert.match(await addressOf(client), /^192\.168\.177\.\d\d$/);
    assert.match((await inside(client, "cat", "/etc/resolv.conf")).stdout, /^nameserver 192\.168\.177\.1$/m);
    assert.match((await inside(client, "cat", "/proc/net/route")).stdout, /^eth0\t00000000\t01B1A8C0/m);
    await bed.run("pgrep", "-f", process);
  });
}

test("where no DHCP server answers the start fails in time, and says so", { timeout: 600_000 }, async (context) => {
  await makeBridge(context, bed, "br-dumb", "192.0.2.1/24");
  await define(context, "unheard", "Network=bridge:br-dumb");
  const started = await bed.try("sandboxcontainer", "start", "unheard");
  assert.match(started.stderr, /no DHCP server answered on network br-dumb within 30 seconds/);
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandbox@unheard"), "failed");
  // The client has given the reason. It does not try again, and does not stay.
  await eventually(async () => {
    const properties = "--property=ActiveState,MainPID,NRestarts";
    const client = await bed.run("systemctl", "show", properties, "sandbox-dhcp@unheard");
    assert.deepEqual(client.split("\n").sort(), ["ActiveState=inactive", "MainPID=0", "NRestarts=0"]);
  });
});

test("without Network= there is a loopback and nothing else", async (context) => {
  await start(context, "alone", "Network=none");
  assert.match((await inside("alone", "ls", "/sys/class/net")).stdout, /^lo\n$/);
});
