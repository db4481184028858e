import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseSubnet } from "../../../../conf/values/network.ts";
import { type LinkHost, makeLink } from "../../../../helpers/run/ports/make-link.ts";
import type { Link } from "../../../../helpers/run/ports/plan-ports.ts";

const web = parseSandboxName("web");
const init = { pid: 20, began: "300" };
const link: Link = {
  device: "sp-web",
  mac: "06:5b:6a:1f:0e:5c",
  addresses: [
    { host: parseSubnet("198.18.0.41/30"), sandbox: parseSubnet("198.18.0.42/30") },
    { host: parseSubnet("fd12:0:0:a::1/126"), sandbox: parseSubnet("fd12:0:0:a::2/126") },
  ],
  isSecond: false,
};

/** Returns the steps for a link, one in each line. */
async function make(changed: Partial<Link> = {}, fakes: Partial<LinkHost> = {}): Promise<readonly string[]> {
  const done: string[] = [];
  await makeLink(
    web,
    init,
    { ...link, ...changed },
    {
      exists: () => true,
      hasIpv6: () => true,
      write: (path, text) => done.push(`${path} ${text}`),
      isRunning: () => true,
      withNetworks: (_, use) => use([12, 13]),
      run: (program, args, { input = "", files } = {}) => {
        assert.deepEqual(files, [12, 13]);
        done.push([program, ...args].join(" "), ...input.trimEnd().split("\n"));
        return Promise.resolve({ status: 0, output: "" });
      },
      ...fakes,
    },
  );
  return done;
}

test("a link is made from inside, and its host's end answers its own clients before it is up", async () => {
  assert.deepEqual(await make(), [
    "nsenter --net=/proc/self/fd/3 ip -batch -",
    "link add host0 address 06:5b:6a:1f:0e:5c type veth peer name sp-web netns /proc/self/fd/4",
    "address add 198.18.0.42/30 dev host0",
    "address add fd12:0:0:a::2/126 dev host0 nodad",
    "link set host0 up",
    "route add default via 198.18.0.41 dev host0",
    "route add default via fd12:0:0:a::1 dev host0",
    "/proc/sys/net/ipv4/conf/sp-web/route_localnet 1",
    "/proc/sys/net/ipv4/conf/sp-web/arp_ignore 1",
    "/proc/sys/net/ipv6/conf/sp-web/accept_ra 0",
    "ip -batch -",
    "address add 198.18.0.41/30 dev sp-web",
    "address add fd12:0:0:a::1/126 dev sp-web nodad",
    "link set sp-web up",
    "route append local ::1/128 dev sp-web table local",
  ]);
});

test("a host without IPv6 has nothing of it, also if it had some when the start was prepared", async () => {
  const done = await make({}, { exists: (path) => path.includes("ipv4"), hasIpv6: () => false });
  assert.deepEqual(
    done.filter((step) => /ipv6|::/.test(step)),
    [],
  );
  assert.equal(done.length, 10);
});

test("beside another interface, answers go back by the link", async () => {
  assert.deepEqual((await make({ isSecond: true })).slice(4, 11), [
    "link set host0 up",
    "nsenter --net=/proc/self/fd/3 ip -4 -batch -",
    "rule add from 198.18.0.42 lookup 6880 priority 1000",
    "route add default via 198.18.0.41 dev host0 table 6880",
    "nsenter --net=/proc/self/fd/3 ip -6 -batch -",
    "rule add from fd12:0:0:a::2 lookup 6880 priority 1000",
    "route add default via fd12:0:0:a::1 dev host0 table 6880",
  ]);
});

test("a sandbox that nobody could reach does not start, unless it has ended", async () => {
  const run = (): Promise<{ status: number; output: string }> =>
    Promise.resolve({ status: 2, output: "RTNETLINK answers: Operation not permitted" });
  await assert.rejects(
    make({}, { run }),
    /the link sp-web of web cannot be made: RTNETLINK answers: Operation not permitted/,
  );
  await make({}, { run, isRunning: () => false });
  assert.deepEqual(await make({}, { withNetworks: () => Promise.resolve() }), []);
});
