import { toBits } from "../../../conf/values/network.ts";
import type { Interface } from "./plan-interface.ts";
import { bridgeTable, takenSet } from "./taken-addresses.ts";

/** nft rules of an interface: `load` runs before the interface exists, `unload` after it is gone. */
export interface FilterRules {
  readonly load: string;
  readonly unload: string;
}

const bridge = bridgeTable;
const routed = "inet sandboxcontainer";
// Marks packets that an isolated sandbox sends to the host itself, to be routed. Where bridges call iptables, packets
// that only cross the bridge also count as forwarded.
const mark = "0x10000000";

// IPv4 addresses that no sandbox may get from DHCP, see taken-addresses.ts.
const taken = takenSet("@BRIDGE@");

/**
 * Limits what a sandbox may send: only from its own MAC address, and only from IP addresses that its conf lists, that a
 * DHCP server leased to it last, or that end as its MAC address says (RFC 4291, EUI-64). It may not answer DHCP
 * requests or advertise routes. An isolated sandbox cannot reach the bridge again through the host's routing either.
 * `@BRIDGE@` stands for the bridge's name, which libvirt may choose when the network is started: see nameBridge.
 */
export function renderFilter(nic: Interface): FilterRules {
  const { device } = nic;
  const chains = [
    ...(nic.dhcp
      ? [
          { chain: `${device}-ask`, map: null, rules: ask },
          { chain: `${device}-learn`, map: null, rules: renderLearning(nic) },
          { chain: `${device}-to`, map: "to", rules: [renderAnswer(nic)] },
        ]
      : []),
    { chain: `${device}-from`, map: "from", rules: renderFrom(nic) },
  ];
  const isolated = nic.isolated ? [`element ${routed} isolated { "@BRIDGE@" . "@BRIDGE@" . ${nic.mac} }`] : [];
  const load = [
    ...shared,
    ...renderSets(nic),
    ...chains.flatMap(({ map, chain, rules }) => [
      `add chain ${bridge} ${chain}`,
      `flush chain ${bridge} ${chain}`,
      ...rules.map((rule) => `add rule ${bridge} ${chain} ${rule}`),
      ...(map === null ? [] : [`add element ${bridge} ${map} { "${device}" : jump ${chain} }`]),
    ]),
    ...isolated.map((element) => `add ${element}`),
  ];
  const unload = [
    ...chains
      .toReversed()
      .flatMap(({ map, chain }) => [
        ...(map === null ? [] : [`delete element ${bridge} ${map} { "${device}" }`]),
        `delete chain ${bridge} ${chain}`,
      ]),
    `delete set ${bridge} ${device}`,
    ...(nic.dhcp ? [`delete map ${bridge} ${device}-last`] : []),
    ...isolated.map((element) => `delete ${element}`),
  ];
  return { load: toText(load), unload: toText(unload) };
}

// The IPv4 addresses from which the sandbox may send.
function renderSets({ device, addresses, dhcp }: Interface): readonly string[] {
  const own = addresses.filter(({ family }) => family === 4).map((address) => hex(toBits(address), 8));
  const fixed = [
    `add set ${bridge} ${device} { typeof @nh,96,32; }`,
    `flush set ${bridge} ${device}`,
    ...(own.length > 0 ? [`add element ${bridge} ${device} { ${own.join(", ")} }`] : []),
  ];
  // Each holds one element. Elements that a rule deletes still count until the kernel clears them away, once a second.
  const leased = [
    `add set ${bridge} ${taken} { typeof @nh,96,32; }`,
    `add set ${bridge} ${device} { typeof @nh,96,32; flags dynamic,timeout; size 4; }`,
    `flush set ${bridge} ${device}`,
    `add map ${bridge} ${device}-last { typeof oifname : @th,192,32; flags dynamic,timeout; size 4; }`,
    `flush map ${bridge} ${device}-last`,
  ];
  return dhcp ? leased : fixed;
}

const toText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

// These chains run before all others, even libvirt's.
const shared: readonly string[] = [
  `add table ${bridge}`,
  ...[
    { map: "from", key: "iifname", hook: "prerouting" },
    { map: "to", key: "oifname", hook: "postrouting" },
  ].flatMap(({ map, key, hook }) => [
    `add map ${bridge} ${map} { type ifname : verdict; }`,
    `add chain ${bridge} ${hook} { type filter hook ${hook} priority -350; }`,
    `flush chain ${bridge} ${hook}`,
    `add rule ${bridge} ${hook} ${key} vmap @${map}`,
  ]),
  `add table ${routed}`,
  `add set ${routed} isolated { type ifname . ifname . ether_addr; }`,
  `add chain ${routed} forward { type filter hook forward priority -350; }`,
  `flush chain ${routed} forward`,
  `add rule ${routed} forward iifname . oifname . ether saddr @isolated meta mark & ${mark} != 0 drop`,
];

function renderFrom({ device, mac, isolated, addresses, dhcp }: Interface): readonly string[] {
  const end = endOf(mac);
  const own6 = addresses.filter(({ family }) => family === 6).map(({ text }) => text);
  const notOwn = own6.length > 0 ? `icmpv6 taddr != { ${own6.join(", ")} } ` : "";
  return [
    `ether saddr != ${mac} drop`,
    ...(isolated ? [`meta pkttype host meta mark set meta mark | ${mark}`] : []),
    `ether type arp arp saddr ether != ${mac} drop`,
    "ether type arp arp saddr ip 0.0.0.0 accept",
    // A later conf wins over a lease.
    ...(dhcp ? [`ether type arp @nh,112,32 @${taken} drop`, `ether type ip @nh,96,32 @${taken} drop`] : []),
    `ether type arp @nh,112,32 @${device} accept`,
    "udp sport { 67, 547 } drop",
    ...(dhcp ? renderAsking(device, mac) : ["udp dport { 67, 547 } drop"]),
    `ether type ip @nh,96,32 @${device} accept`,
    "icmpv6 type { nd-router-advert, nd-redirect } drop",
    `icmpv6 type nd-neighbor-advert ${notOwn}icmpv6 taddr & ::ffff:ffff:ffff:ffff != ${end} drop`,
    "ip6 saddr :: icmpv6 type { nd-neighbor-solicit, mld-listener-report, mld2-listener-report } accept",
    ...(own6.length > 0 ? [`ip6 saddr { ${own6.join(", ")} } accept`] : []),
    `ip6 saddr & ::ffff:ffff:ffff:ffff == ${end} accept`,
    "drop",
  ];
}

// More than a client needs to start and ask again, but too few to empty a server's pool before leases run out.
const most = "limit rate over 2/minute burst 30 packets";

/**
 * Limits the messages of a DHCP client (RFC 2131, figure 1). A message must be for its own hardware address, of that
 * length, with nothing after it, and through no relay, so that no server takes two hardware addresses for two clients.
 * It must be DISCOVER or REQUEST, by its first option or the second after the address (dhcpcd), so that it cannot give
 * back a neighbour's lease. Client names (option 61) can be anywhere in the message, out of the reach of a rule.
 */
function renderAsking(device: string, mac: string): readonly string[] {
  const own = `@th,64,24 0x010106 @th,256,32 0 @th,288,48 ${macBits(mac)} @th,336,80 0`;
  return [
    "udp sport != 68 udp dport 67 drop",
    `udp dport 67 ${most} drop`,
    `ip saddr 0.0.0.0 udp dport 67 ${own} goto ${device}-ask`,
    `ether type ip @nh,96,32 @${device} udp dport 67 ${own} goto ${device}-ask`,
    "udp dport 67 drop",
    `udp dport 547 ${most} drop`,
  ];
}

const ask: readonly string[] = [
  "@th,1984,24 { 0x350101, 0x350103 } accept",
  "@th,1984,16 0x3204 @th,2032,24 0x350103 accept",
  "drop",
];

// An answer to this client with an address, `yiaddr`, that is not an offer.
const renderAnswer = ({ device, mac }: Interface): string =>
  `udp sport 67 udp dport 68 @th,288,48 ${macBits(mac)} @th,336,32 0 @th,192,32 != 0 @th,1984,24 != 0x350102 goto ${device}-learn`;

/**
 * Replaces the previous address, so that a client has only one address however many it leases. A rule can delete a key
 * of a set only at its place in the packet. So the old address goes for a moment to the end of the hardware address
 * field, which is empty.
 */
const renderLearning = ({ device }: Interface): readonly string[] => [
  `@th,192,32 @${device} return`,
  `@th,192,32 @${taken} drop`,
  `@th,336,32 set oifname map @${device}-last delete @${device} { @th,336,32 }`,
  "@th,336,32 set 0",
  `delete @${device}-last { oifname : 0 }`,
  `add @${device}-last { oifname : @th,192,32 } add @${device} { @th,192,32 }`,
];

const hex = (bits: bigint, digits: number): string => `0x${bits.toString(16).padStart(digits, "0")}`;

const macBits = (mac: string): string => `0x${mac.replaceAll(":", "")}`;

/** The last 64 bits of addresses that are made from the MAC address, as an address. */
export function endOf(mac: string): string {
  const [first = 0, second = 0, third = 0, ...last] = mac.split(":").map((byte) => parseInt(byte, 16));
  const bytes = [first ^ 2, second, third, 0xff, 0xfe, ...last];
  const groups = [0, 2, 4, 6].map((at) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return `::${groups.join(":")}`;
}

/** Fills in the bridge's name in the rules. */
export const nameBridge = (rules: string, name: string): string => rules.replaceAll("@BRIDGE@", () => name);
