import { toBits } from "../../generator/parse-address.ts";
import type { Interface } from "./network-plan.ts";

/** The rules of an interface for nft: what to run before it is there, and when it is gone. */
export interface FilterRules {
  readonly load: string;
  readonly unload: string;
}

const bridge = "bridge sandboxcontainer";
const routed = "inet sandboxcontainer";
// On what an isolated sandbox sends to the host itself, to be routed. Where bridges call iptables, forwarded is also what only
// crosses the bridge.
const mark = "0x10000000";

/**
 * What a sandbox may send: from its own MAC address, and from IP addresses that are written down in its conf, or that it
 * was given in an answer of a DHCP server, or that end as its MAC address says (RFC 4291, EUI-64). It answers no
 * DHCP requests and advertises no routes. An isolated one does not reach the bridge again through the host's routing either:
 * there `@BRIDGE@` stands for the bridge's name, which libvirt may give when the network is started.
 */
export function renderFilter(nic: Interface): FilterRules {
  const { device } = nic;
  const chains = [
    { map: "from", chain: `${device}-from`, rules: renderFrom(nic) },
    ...(nic.dhcp ? [{ map: "to", chain: `${device}-to`, rules: [renderLearning(nic)] }] : []),
  ];
  const own4 = nic.addresses.filter(({ family }) => family === 4).map((address) => hex(toBits(address), 8));
  const isolated = nic.isolated ? [`element ${routed} isolated { "@BRIDGE@" . "@BRIDGE@" . ${nic.mac} }`] : [];
  const load = [
    ...shared,
    `add set ${bridge} ${device} { typeof @nh,96,32; flags dynamic; size 16; }`,
    `flush set ${bridge} ${device}`,
    ...(own4.length > 0 ? [`add element ${bridge} ${device} { ${own4.join(", ")} }`] : []),
    ...chains.flatMap(({ map, chain, rules }) => [
      `add chain ${bridge} ${chain}`,
      `flush chain ${bridge} ${chain}`,
      ...rules.map((rule) => `add rule ${bridge} ${chain} ${rule}`),
      `add element ${bridge} ${map} { "${device}" : jump ${chain} }`,
    ]),
    ...isolated.map((element) => `add ${element}`),
  ];
  const unload = [
    ...chains.flatMap(({ map, chain }) => [
      `delete element ${bridge} ${map} { "${device}" }`,
      `delete chain ${bridge} ${chain}`,
    ]),
    `delete set ${bridge} ${device}`,
    ...isolated.map((element) => `delete ${element}`),
  ];
  return { load: toText(load), unload: toText(unload) };
}

const toText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

// Before all others, libvirt's too.
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
    `ether type arp @nh,112,32 @${device} accept`,
    "udp sport { 67, 547 } drop",
    // The client's hardware address in a request (RFC 2131): a neighbour's lease is not to be given back.
    `udp dport 67 @th,288,48 != ${macBits(mac)} drop`,
    ...(dhcp ? ["ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept"] : []),
    `ether type ip @nh,96,32 @${device} accept`,
    "icmpv6 type { nd-router-advert, nd-redirect } drop",
    `icmpv6 type nd-neighbor-advert ${notOwn}icmpv6 taddr & ::ffff:ffff:ffff:ffff != ${end} drop`,
    "ip6 saddr :: icmpv6 type { nd-neighbor-solicit, mld-listener-report, mld2-listener-report } accept",
    ...(own6.length > 0 ? [`ip6 saddr { ${own6.join(", ")} } accept`] : []),
    `ip6 saddr & ::ffff:ffff:ffff:ffff == ${end} accept`,
    "drop",
  ];
}

// `yiaddr` of an answer to this client (RFC 2131, figure 1).
const renderLearning = ({ device, mac }: Interface): string =>
  `udp sport 67 udp dport 68 @th,288,48 ${macBits(mac)} @th,192,32 != 0 add @${device} { @th,192,32 }`;

const hex = (bits: bigint, digits: number): string => `0x${bits.toString(16).padStart(digits, "0")}`;

const macBits = (mac: string): string => `0x${mac.replaceAll(":", "")}`;

/** The last 64 bits of addresses that are made from the MAC address, as an address. */
function endOf(mac: string): string {
  const [first = 0, second = 0, third = 0, ...last] = mac.split(":").map((byte) => parseInt(byte, 16));
  const bytes = [first ^ 2, second, third, 0xff, 0xfe, ...last];
  const groups = [0, 2, 4, 6].map((at) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return `::${groups.join(":")}`;
}
