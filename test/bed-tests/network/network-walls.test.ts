import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { defineLab, findForgeries, removeLab } from "../lab.ts";
import { fixedNetwork, useLabSandboxes } from "../lab-sandboxes.ts";

const bed = useBed("native-network");
const { start, inside, addressesOf, addressOf, initOf } = useLabSandboxes(bed);
const shell = (script: string): Promise<string> => bed.run("sh", "-c", script);
const connects = async (from: string, to: string, seconds = 60): Promise<boolean> => {
  const url = `http://${to.includes(":") ? `[${to}]` : to}/`;
  return (await inside(from, "curl", "-sS", "--max-time", String(seconds), url)).status === 0;
};

before(() => defineLab(bed));

after(() => removeLab(bed));

test("isolated sandboxes of one network do not reach each other, also through the host; others do", async (context) => {
  await start(context, "lease", "Network=lab");
  await start(context, "web", "Network=lab", "Unit=apache2.service");
  await eventually(async () => {
    assert.equal((await addressesOf("web")).length, 2);
  });
  const [web = "", web6 = ""] = await addressesOf("web");
  await shell(
    "echo 1 > /proc/sys/net/ipv4/ip_forward; for i in all virbr-lab; do echo 0 > /proc/sys/net/ipv4/conf/$i/send_redirects; done",
  );
  assert.equal(await connects("lease", web, 3), false);
  assert.equal(await connects("lease", web6, 3), false);
  // Root inside would do this if it had rights over the network.
  assert.notEqual((await inside("lease", "ip", "route", "add", `${web}/32`, "via", "192.168.177.1")).status, 0);
  await shell(`nsenter -t ${await initOf("lease")} -n ip route add ${web}/32 via 192.168.177.1`);
  await shell(`nsenter -t ${await initOf("web")} -n ip route add ${await addressOf("lease")}/32 via 192.168.177.1`);
  assert.equal(await connects("lease", web, 3), false);
  // Our rule stops it. The next start loads the rule again.
  await bed.run("nft", "flush", "chain", "inet", "sandboxcontainer", "forward");
  assert.equal(await connects("lease", web), true);
  await start(context, "open", "Network=lab\nIsolated=no");
  assert.equal(await connects("open", web), true);
  assert.equal(await connects("lease", web, 3), false);
});

test("nobody sends as somebody else: not from its MAC address, nor from its IP address, nor as a DHCP server", async (context) => {
  await start(context, "forger", "Network=lab");
  await start(context, "victim", "Network=lab");
  const mine = await addressOf("forger");
  assert.deepEqual(await findForgeries(bed, "forger", mine, await addressOf("victim")), [`arp ${mine}`, "own"]);
});

test("after the stop nothing of it is left on the host's network", async (context) => {
  await start(context, "lease", "Network=lab");
  await start(context, "fixed", fixedNetwork);
  await start(context, "web", "Network=lab\nPublish=8190:80", "Unit=apache2.service");
  await start(context, "open", "Network=lab\nIsolated=no");
  await start(context, "static", "Network=lab\nAddress=192.168.177.202/24");
  assert.match(await bed.run("ip", "-o", "link"), /sb-lease[^]*sb-static/);
  assert.match(await bed.run("nft", "list", "ruleset"), /sb-fixed/);
  for (const name of ["lease", "fixed", "web", "open", "static"]) {
    await bed.run("systemctl", "stop", `sandbox@${name}`);
    assert.equal(await bed.run("systemctl", "show", "--value", "--property=Result", `sandbox@${name}`), "success");
  }
  await eventually(async () => {
    assert.doesNotMatch(await bed.run("ip", "-o", "link"), /sb-/);
  });
  assert.doesNotMatch(await bed.run("nft", "list", "ruleset"), /sb-|virbr-lab" \. /);
});
