import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native-network");
const { make } = useSandboxes(bed);
const shell = (script: string): Promise<string> => bed.run("bash", "-ec", script);

// Two routers, and behind each of them the same far client, as behind two providers. The host's default route is by the
// first, and what came by the second must be answered by the second: its table 200 is for that, as for any service.
const routers = [1, 2].map((number) => ({
  name: `router${number}`,
  host: `198.51.100.${number * 4 + 1}`,
  own: `198.51.100.${number * 4 + 2}`,
  client: `203.0.113.${number}`,
}));
const [, second] = routers;

before(async () => {
  for (const { name, host, own, client } of routers)
    await shell(`ip netns add ${name}; ip link add to-${name} type veth peer name eth0 netns ${name}
ip addr add ${host}/30 dev to-${name}; ip link set to-${name} up
ip -n ${name} addr add ${own}/30 dev eth0; ip -n ${name} link set eth0 up; ip -n ${name} link set lo up
ip -n ${name} addr add ${client}/32 dev lo; ip -n ${name} route add default via ${host} src ${client}`);
  await shell(`ip route add default via ${routers[0]?.own ?? ""} metric 5
ip route add default via ${second?.own ?? ""} table 200
ip rule add from ${second?.host ?? ""} lookup 200 priority 100; ip rule add fwmark 0x2 lookup 200 priority 101`);
  // As sandboxcontainer-ports(7) says.
  const marks = `table inet ways {
  chain way { type filter hook prerouting priority mangle
    iifname "to-router2" ct mark set 0x2
    iifname "sp-*" ct mark 0x2 meta mark set 0x2
  }
}`;
  assert.equal((await bed.feed(marks, "nft", "-f", "-")).status, 0);
});

after(async () => {
  await bed.try("sh", "-c", "nft delete table inet ways; ip rule delete priority 100; ip rule delete priority 101");
  await bed.try("sh", "-c", "ip route flush table 200; ip route delete default metric 5");
  for (const { name } of routers) await bed.try("sh", "-c", `ip link delete to-${name}; ip netns delete ${name}`);
});

test("a client is answered by the way that it came, with two default routes", async (t) => {
  await make(t, "ways", "--unit", "apache2.service", "--publish", "8321:80", "--start");
  for (const { name, host, client } of routers)
    assert.equal(
      await shell(
        `ip netns exec ${name} curl --interface ${client} -s -o /dev/null -w '%{http_code}' --max-time 5 http://${host}:8321/`,
      ),
      "200",
      name,
    );
  const log = await bed.run("sandboxcontainer", "execute", "ways", "--", "cat", "/var/log/apache2/access.log");
  assert.deepEqual(
    log.split("\n").map((line) => line.split(" ")[0]),
    routers.map(({ client }) => client),
  );
});
