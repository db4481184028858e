import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
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
function make(changed: Partial<Link> = {}, fakes: Partial<LinkHost> = {}): readonly string[] {
  const done: string[] = [];
  const place = (network: number | "own"): string => (network === 12 ? "inside" : String(network));
  makeLink(
    web,
    init,
    { ...link, ...changed },
    {
      exists: () => true,
      hasIpv6: () => true,
      write: (path, text) => done.push(`${path} ${text}`),
      isRunning: () => true,
      withNetworks: (_, use) => {
        use(12, 13);
      },
      route: {
        addVeth: (network, { name, mac }, peer) =>
          done.push(`${place(network)}: ${name} ${mac} with ${peer.name} in ${peer.network}`),
        addAddress: (network, device, { text, prefix }) => done.push(`${place(network)}: ${device} ${text}/${prefix}`),
        setUp: (network, device) => done.push(`${place(network)}: ${device} up`),
        addRoute: (network, device, { gateway, table = "main" }) =>
          done.push(`${place(network)}: by ${gateway.text} ${device} ${table}`),
        addRule: (network, from, { table, priority }) =>
          done.push(`${place(network)}: from ${from.text} ${table} ${priority}`),
        addLocalRoute: (network, device, to) => done.push(`${place(network)}: ${to.text} by ${device}`),
      },
      ...fakes,
    },
  );
  return done;
}

test("a link is made from inside, and its host's end answers its own clients before it is up", () => {
  assert.deepEqual(make(), [
    "inside: host0 06:5b:6a:1f:0e:5c with sp-web in 13",
    "inside: host0 198.18.0.42/30",
    "inside: host0 fd12:0:0:a::2/126",
    "inside: host0 up",
    "inside: by 198.18.0.41 host0 main",
    "inside: by fd12:0:0:a::1 host0 main",
    "/proc/sys/net/ipv4/conf/sp-web/route_localnet 1",
    "/proc/sys/net/ipv4/conf/sp-web/arp_ignore 1",
    "/proc/sys/net/ipv6/conf/sp-web/accept_ra 0",
    "own: sp-web 198.18.0.41/30",
    "own: sp-web fd12:0:0:a::1/126",
    "own: sp-web up",
    "own: ::1 by sp-web",
  ]);
});

test("a host without IPv6 has nothing of it, also if it had some when the start was prepared", () => {
  const done = make({}, { exists: (path) => path.includes("ipv4"), hasIpv6: () => false });
  assert.deepEqual(
    done.filter((step) => /ipv6|::/.test(step)),
    [],
  );
  assert.equal(done.length, 8);
});

test("beside another interface, answers go back by the link", () => {
  assert.deepEqual(make({ isSecond: true }).slice(3, 8), [
    "inside: host0 up",
    "inside: from 198.18.0.42 6880 1000",
    "inside: by 198.18.0.41 host0 6880",
    "inside: from fd12:0:0:a::2 6880 1000",
    "inside: by fd12:0:0:a::1 host0 6880",
  ]);
});

test("a sandbox that nobody could reach does not start, unless it has ended", () => {
  const write = (): never => {
    throw new SandboxError("Operation not permitted");
  };
  assert.throws(() => make({}, { write }), {
    name: "SandboxError",
    message: "the link sp-web of web cannot be made: Operation not permitted",
  });
  make({}, { write, isRunning: () => false });
  assert.deepEqual(make({}, { withNetworks: () => undefined }), []);
});
