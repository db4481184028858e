import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseSubnet } from "../../../../conf/values/network.ts";
import { type HostRoute, parseRoutes, parseRoutes6, refuseRoutes } from "../../../../helpers/run/ports/refuse-taken.ts";

const web = parseSandboxName("web");
const link = {
  device: "sp-web",
  addresses: [
    { host: parseSubnet("198.18.0.41/30"), sandbox: parseSubnet("198.18.0.42/30") },
    { host: parseSubnet("fd12:0:0:a::1/126"), sandbox: parseSubnet("fd12:0:0:a::2/126") },
  ],
  isSecond: false,
};
const route = (to: string, device: string): HostRoute => ({ to: parseSubnet(to), device });
const show = (routes: readonly HostRoute[]): readonly string[] =>
  routes.map(({ to, device }) => `${to.text}/${to.prefix} ${device}`);

// The lines end in blanks.
const table4 = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT                                                       
eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0                                                                               
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0                                                                               
sp-web\t280012C6\t00000000\t0001\t0\t0\t0\tFCFFFFFF\t0\t0\t0                                                                             
tun0.1\t0000120A\t0100120A\t0003\t0\t0\t50\t0000FEFF\t0\t0\t0                                                                           
wg0\t07640A0A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0                                                                               
`;

test("routes of IPv4 are read with their subnets, and the default route is none", () => {
  assert.deepEqual(show(parseRoutes(table4)), [
    "192.0.2.0/24 eth0",
    "198.18.0.40/30 sp-web",
    "10.18.0.0/15 tun0.1",
    "10.10.100.7/32 wg0",
  ]);
});

const zero = "0".repeat(32);
const line6 = (to: string, prefix: string, device: string, flags = "00000001"): string =>
  `${to} ${prefix} ${zero} 00 ${zero} 00000100 00000001 00000000 ${flags} ${device.padStart(8)}\n`;
const table6 = [
  line6("20010db8000000000000000000000000", "40", "eth0"),
  line6(zero, "00", "eth0", "00000003"),
  line6(`${"0".repeat(31)}1`, "80", "lo", "80200001"),
  line6("fd120000000000000000000000000000", "30", "wg0"),
  line6("ff000000000000000000000000000000", "08", "eth0"),
  line6(zero, "00", "lo", "00200200"),
].join("");

test("routes of IPv6 too, and those of the loopback are none", () => {
  assert.deepEqual(show(parseRoutes6(table6)), ["2001:db8::/64 eth0", "fd12::/48 wg0", "ff00::/8 eth0"]);
});

test("no text is no route", () => {
  for (const text of ["", "\n", table4.slice(0, 120), "garbage\n"])
    assert.deepEqual([parseRoutes(text), parseRoutes6(text)], [[], []]);
});

test("a subnet that contains the link, or is a part of it, is refused with the setting that helps", () => {
  for (const to of ["198.18.0.0/15", "198.18.0.40/30", "198.18.0.42/32", "198.18.0.41/32"])
    assert.throws(
      () => {
        refuseRoutes(web, link, [route("192.0.2.0/24", "eth0"), route(to, "eth1")]);
      },
      (error) => {
        const said = describeError(error);
        assert.ok(said.startsWith(`the link of web would have an address of ${to}, which this host reaches by eth1. `));
        assert.match(said, /LinkRange= in a file of \/etc\/sandboxcontainer\/defaults\.conf\.d$/);
        return true;
      },
      to,
    );
  assert.throws(() => {
    refuseRoutes(web, link, parseRoutes6(table6));
  }, /would have an address of fd12::\/48, .* by wg0/);
});

test("others are not, and neither is what an earlier start of the sandbox left", () => {
  refuseRoutes(web, link, []);
  refuseRoutes(web, link, [route("198.18.0.36/30", "sp-a"), route("198.18.0.44/30", "sp-b"), route("fd13::/16", "x")]);
  refuseRoutes(web, link, [...parseRoutes(table4), route("fd12:0:0:a::/126", "sp-web")]);
});

test("this host has routes", () => {
  refuseRoutes(web, { ...link, addresses: [] });
});
