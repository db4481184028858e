import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native-network");

// Another host: a network namespace, with a cable to the bed.
const host = { v4: "10.79.0.1", v6: "fd79::1" };
const client = { v4: "10.79.0.2", v6: "fd79::2" };
const plug = `ip netns add visitor
ip link add visitor-host type veth peer name eth0 netns visitor
ip address add ${host.v4}/24 dev visitor-host
ip address add ${host.v6}/64 dev visitor-host nodad
ip link set visitor-host up
ip -n visitor address add ${client.v4}/24 dev eth0
ip -n visitor address add ${client.v6}/64 dev eth0 nodad
ip -n visitor link set lo up
ip -n visitor link set eth0 up`;

const site = `log_format visitors '$proxy_protocol_addr $remote_addr $proxy_protocol_server_addr $proxy_protocol_server_port $request_uri';
access_log /var/log/nginx/visitors.log visitors;
server {
  listen 80 proxy_protocol;
  set_real_ip_from 127.0.0.1;
  real_ip_header proxy_protocol;
  location / { return 200 "you are $remote_addr\\n"; }
}`;

/** Makes the root of a web server that understands the protocol. Resolves to the path of its log on the host. */
async function makeServer(name: string, network: string): Promise<string> {
  const conf = `[Sandbox]\nUnit=nginx.service\n[Network]\n${network}\n`;
  await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf; systemctl daemon-reload`);
  await bed.run("systemctl", "start", `sandbox-root@${name}`);
  const root = `/var/lib/sandboxcontainer/${name}/root`;
  await bed.run("rm", `${root}/etc/nginx/sites-enabled/default`);
  await bed.feed(site, "sh", "-c", `cat > ${root}/etc/nginx/conf.d/visitors.conf`);
  return `${root}/var/log/nginx/visitors.log`;
}

const visit = (url: string): Promise<string> =>
  bed.run("ip", "netns", "exec", "visitor", "curl", "-gsS", "--max-time", "60", url);

before(async () => {
  await bed.run("sh", "-ec", plug);
});

after(async () => {
  await bed.try("ip", "link", "delete", "visitor-host");
  await bed.try("ip", "netns", "delete", "visitor");
});

test("a service that reads the PROXY protocol sees its clients, in both families", async (context) => {
  deleteAfter(context, bed, "told");
  const log = await makeServer("told", "Publish=8230:80,proxy-protocol");
  await bed.run("systemctl", "start", "sandbox@told");
  assert.equal(await visit(`http://${host.v4}:8230/four`), `you are ${client.v4}`);
  assert.equal(await visit(`http://[${host.v6}]:8230/six`), `you are ${client.v6}`);
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8230/near"), "you are 127.0.0.1");
  const lines = [
    `${client.v4} ${client.v4} ${host.v4} 8230 /four`,
    `${client.v6} ${client.v6} ${host.v6} 8230 /six`,
    "127.0.0.1 127.0.0.1 127.0.0.1 8230 /near",
  ];
  assert.deepEqual((await bed.run("cat", log)).split("\n"), lines);
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandbox-told-8230"), "active");
});

test("started by its client, it sees this client too; idle, it stops", async (context) => {
  deleteAfter(context, bed, "woken");
  const published = `Publish=${host.v4}:8231:80,proxy-protocol\nOnDemand=yes\nIdleStopSec=2`;
  await makeServer("woken", published);
  await bed.run("systemctl", "start", "sandbox-woken-8231.socket");
  assert.equal(await visit(`http://${host.v4}:8231/`), `you are ${client.v4}`);
  await eventually(async () => {
    const states = await bed.try("systemctl", "is-active", "sandbox@woken", "sandbox-woken-8231.socket");
    assert.equal(states.stdout, "inactive\nactive\n");
  });
  assert.equal(await visit(`http://${host.v4}:8231/`), `you are ${client.v4}`);
});
