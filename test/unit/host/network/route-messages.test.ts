import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { parseIpAddress, parseSubnet } from "../../../../conf/values/network.ts";
import { listListeners } from "../../../../helpers/host/network/listeners.ts";
import {
  addAddress,
  addLocalRoute,
  addRoute,
  addRule,
  addVeth,
  setUp,
} from "../../../../helpers/host/network/route-messages.ts";
import { isRefusal } from "../../../../helpers/host/process/calls.ts";

const skip = process.getuid?.() !== 0 && "needs root";

interface Place {
  readonly network: number;
  /** Runs a program there. */
  readonly run: (program: string, ...args: readonly string[]) => string;
  readonly pid: number;
}

/** Makes a network that lasts as long as a test. */
async function makeNetwork(context: TestContext): Promise<Place> {
  const child = spawn("unshare", ["--net", "sh", "-c", "ip link set lo up; echo; exec sleep 1000"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const pid = child.pid ?? 0;
  const network = openSync(`/proc/${pid}/ns/net`, "r");
  context.after(() => {
    closeSync(network);
    child.kill();
  });
  return {
    network,
    pid,
    run: (program, ...args) =>
      execFileSync("nsenter", [`--net=/proc/${pid}/ns/net`, program, ...args], { encoding: "utf8" }),
  };
}

const lines = (text: string): readonly string[] =>
  text
    .trim()
    .split("\n")
    .map((line) => line.trim().replaceAll(/\s+/g, " "));

test("a pair is made with an end in each network, and both have what they were given", { skip }, async (context) => {
  const [one, other] = [await makeNetwork(context), await makeNetwork(context)];
  addVeth(one.network, { name: "host0", mac: "06:5b:6a:1f:0e:5c" }, { name: "sp-x", network: other.network });
  for (const [place, device, end] of [
    [one, "host0", 2],
    [other, "sp-x", 1],
  ] as const) {
    addAddress(place.network, device, parseSubnet(`198.18.0.${end}/30`));
    addAddress(place.network, device, parseSubnet(`fd12::${end}/126`));
    setUp(place.network, device);
  }
  for (const gateway of ["198.18.0.1", "fd12::1"]) addRoute(one.network, "host0", { gateway: parseIpAddress(gateway) });
  assert.match(one.run("ip", "link", "show", "host0"), /<.*\bUP\b.*link\/ether 06:5b:6a:1f:0e:5c/s);
  const addresses = one.run("ip", "-oneline", "address", "show", "dev", "host0", "scope", "global");
  assert.deepEqual(
    lines(addresses).map((line) => line.split(" ").slice(1, 4).join(" ")),
    ["host0 inet 198.18.0.2/30", "host0 inet6 fd12::2/126"],
  );
  assert.match(addresses, /inet6 \S+ scope global nodad/);
  assert.match(one.run("ip", "route", "show", "default"), /^default via 198\.18\.0\.1 dev host0 *$/m);
  assert.match(one.run("ip", "-6", "route", "show", "default"), /^default via fd12::1 dev host0 .*pref medium/m);
});

test("routes of another table, rules, and a local route are as ip would make them", { skip }, async (context) => {
  const { network, run } = await makeNetwork(context);
  addVeth(network, { name: "host0", mac: "06:5b:6a:1f:0e:5c" }, { name: "sp-x", network });
  for (const subnet of ["198.18.0.2/30", "fd12::2/126"]) addAddress(network, "host0", parseSubnet(subnet));
  for (const device of ["host0", "sp-x"]) setUp(network, device);
  for (const [own, gateway] of [
    ["198.18.0.2", "198.18.0.1"],
    ["fd12::2", "fd12::1"],
  ] as const) {
    addRule(network, parseIpAddress(own), { table: 6880, priority: 1000 });
    addRoute(network, "host0", { gateway: parseIpAddress(gateway), table: 6880 });
  }
  addLocalRoute(network, "host0", parseIpAddress("::1"));
  assert.ok(lines(run("ip", "rule")).includes("1000: from 198.18.0.2 lookup 6880"));
  assert.ok(lines(run("ip", "-6", "rule")).includes("1000: from fd12::2 lookup 6880"));
  assert.deepEqual(lines(run("ip", "route", "show", "table", "6880")), ["default via 198.18.0.1 dev host0"]);
  assert.match(run("ip", "-6", "route", "show", "table", "6880"), /^default via fd12::1 dev host0 /);
  assert.match(run("ip", "-6", "route", "show", "table", "local"), /^local ::1 dev host0 /m);
  assert.match(run("ip", "-6", "route", "show", "table", "local"), /^local ::1 dev lo /m);
});

test("what the kernel refuses is an error with its name", { skip }, async (context) => {
  const { network } = await makeNetwork(context);
  assert.throws(
    () => {
      setUp(network, "missing");
    },
    (error) => isRefusal(error, "ENODEV"),
  );
  const pair = [
    { name: "one", mac: "06:5b:6a:1f:0e:5c" },
    { name: "two", network },
  ] as const;
  addVeth(network, ...pair);
  assert.throws(
    () => {
      addVeth(network, ...pair);
    },
    (error) => isRefusal(error, "EEXIST"),
  );
});

test("listeners in another network are found there, and this process stays in its own", { skip }, async (context) => {
  const { pid } = await makeNetwork(context);
  const script = `import socket,time
for f,a,t in ((2,"127.0.0.1",1),(10,"::1",1),(10,"::",2)):
    s=socket.socket(f,t); s.bind((a,8000+f+t))
    if t==1: s.listen()
    globals()["s%d%d"%(f,t)]=s
print(flush=True); time.sleep(1000)`;
  const server = spawn("nsenter", [`--net=/proc/${pid}/ns/net`, "python3", "-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.after(() => server.kill());
  await once(server.stdout, "data");
  const shown = (protocol: "tcp" | "udp"): readonly string[] =>
    listListeners(pid, protocol)
      .map(({ address, port }) => `${address.text} ${port}`)
      .sort();
  assert.deepEqual(shown("tcp"), ["127.0.0.1 8003", "::1 8011"]);
  assert.deepEqual(shown("udp"), [":: 8012"]);
  assert.ok(!listListeners("self", "tcp").some(({ port }) => port === 8003));
});
