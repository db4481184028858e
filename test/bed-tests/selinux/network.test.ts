import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { defineLab, findForgeries, removeLab } from "../lab.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const write = async (name: string, conf: string): Promise<void> => {
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
};
const addressOf = async (name: string): Promise<string> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { addresses: readonly [string] })
    .addresses[0];
const connects = async (from: string, to: string): Promise<boolean> =>
  (await bed.try("sandboxcontainer", "execute", from, "--", "curl", "-sS", "--max-time", "5", `http://${to}/`))
    .status === 0;

let mark: string;

before(async () => {
  mark = await markDenials(bed);
  await defineLab(bed);
  await write("lease", "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\nNetwork=lab\n");
  await write(
    "fixed",
    "[Sandbox]\nUnit=apache2.service\n[Network]\nNetwork=lab\nAddress=192.168.177.200/24\nGateway=192.168.177.1\nPublish=8190:80\n",
  );
  await write("shell", "[Sandbox]\nUnit=ssh.service\n[Network]\nListen=2222\n");
  await bed.run("systemctl", "daemon-reload");
});

after(async () => {
  for (const name of ["lease", "fixed", "shell"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await removeLab(bed);
});

test("a start has an address from DHCP, or the one that is written down, when it is done", async () => {
  await bed.run("systemctl", "start", "sandbox@lease", "sandbox@fixed");
  assert.match(await addressOf("lease"), /^192\.168\.177\.\d\d$/);
  assert.equal(await addressOf("fixed"), "192.168.177.200");
  for (const host of ["192.168.177.200", "127.0.0.1:8190"])
    assert.match(await bed.run("curl", "-sS", "-I", "--max-time", "20", `http://${host}/`), /^Server: Apache/m);
});

test("two sandboxes of one network reach each other only when one is not isolated", async () => {
  assert.equal(await connects("lease", "192.168.177.200"), false);
  await bed.run("sandboxcontainer", "set", "lease", "Isolated=no");
  await bed.run("systemctl", "restart", "sandbox@lease");
  assert.equal(await connects("lease", "192.168.177.200"), true);
});

test("nobody sends as somebody else", async () => {
  const mine = await addressOf("lease");
  assert.deepEqual(await findForgeries(bed, "lease", mine, "192.168.177.200"), [`arp ${mine}`, "own"]);
});

test("a socket of the host is handed to the service inside", async () => {
  await bed.run("systemctl", "start", "sandbox@shell");
  const greeting = "import socket; print(socket.create_connection(('127.0.0.1',2222),timeout=60).recv(99))";
  assert.match((await bed.feed(greeting, "python3", "-")).stdout, /SSH-2\.0-OpenSSH/);
});

test("stopped, nothing is left on the host's network, and nothing was denied that nobody expects", async () => {
  await bed.run("systemctl", "stop", "sandbox@lease", "sandbox@fixed", "sandbox@shell");
  assert.doesNotMatch(await bed.run("ip", "-o", "link"), /sb-/);
  await eventually(10, async () => {
    assert.doesNotMatch(await bed.run("nft", "list", "ruleset"), /sb-/);
  });
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
