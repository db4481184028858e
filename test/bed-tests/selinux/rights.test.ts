import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("selinux");
const rights = "[Security]\nCapabilities=+CAP_NET_ADMIN\nCapabilities=+CAP_NET_RAW\n";
const confs = {
  plain: "[Sandbox]\nExec=/usr/bin/sleep infinity\n",
  command: `[Sandbox]\nExec=/usr/bin/sleep infinity\n${rights}`,
  units: `[Sandbox]\nUnit=redis-server.service\n${rights}`,
};
const inside = (name: string, script: string) => bed.try("sandboxcontainer", "execute", name, "--", "sh", "-c", script);
const addAddress = "ip address add 192.0.2.1/32 dev lo";
const packets = `python3 -c 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()'`;

test("a sandbox gets rights over its own network on request, in domains of their own", async (context) => {
  deleteAfter(context, bed, "plain", "command", "units");
  for (const [name, conf] of Object.entries(confs))
    assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "start", "plain", "command", "units");
  for (const [name, domain] of [
    ["command", "sandboxcontainer_network_command_t"],
    ["units", "sandboxcontainer_network_t"],
  ] as const) {
    const script = `cat /proc/self/attr/current; ${addAddress} && ip -o address show lo && ${packets}`;
    const { status, stdout, stderr } = await inside(name, script);
    assert.equal(status, 0, stdout + stderr);
    assert.ok(stdout.includes(`:${domain}:`), stdout);
    assert.match(stdout, /192\.0\.2\.1/);
    assert.equal(await bed.run("sandboxcontainer", "audit", "--json", name), "[]");
  }
  assert.match((await inside("units", "cat /proc/1/attr/current")).stdout, /:sandboxcontainer_network_init_t:/);
  assert.equal((await inside("units", "redis-cli ping")).stdout, "PONG\n");
  assert.notEqual((await inside("plain", addAddress)).status, 0);
  // The filter of system calls comes before SELinux.
  assert.match((await inside("plain", packets)).stderr, /Operation not permitted/);
});
