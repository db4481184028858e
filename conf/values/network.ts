import { ValueError } from "./values.ts";

/** An IPv4 or IPv6 address in its shortest spelling (RFC 5952). */
export interface IpAddress {
  readonly family: 4 | 6;
  readonly text: string;
}

export interface Subnet extends IpAddress {
  /** The length of the network part, in bits. */
  readonly prefix: number;
}

/** A value of Address=: an address with its subnet, or `dhcp`. */
export type InterfaceAddress = { readonly kind: "dhcp" } | ({ readonly kind: "static" } & Subnet);

export interface Route {
  readonly to: Subnet;
  readonly gateway: IpAddress;
}

/** Throws a ValueError. */
export function parseIpAddress(text: string): IpAddress {
  if (isIpv4(text)) return { family: 4, text };
  // An address has many spellings (RFC 5952). The URL parser returns the one to compare and to show.
  const canonical = /^[0-9A-Fa-f:.]+$/.test(text) ? URL.parse(`http://[${text}]/`)?.hostname : undefined;
  if (canonical !== undefined) return { family: 6, text: canonical.slice(1, -1) };
  throw new ValueError("expected an address, such as 192.0.2.7 or 2001:db8::7");
}

function isIpv4(text: string): boolean {
  const bytes = text.split(".");
  return bytes.length === 4 && bytes.every((byte) => Number(byte) < 256 && String(Number(byte)) === byte);
}

/** `ADDRESS/PREFIX`. Throws a ValueError. */
export function parseSubnet(text: string): Subnet {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  if (match === null) throw new ValueError("expected an address with a prefix length, such as 192.0.2.7/24");
  const [, address = "", bits = ""] = match;
  const parsed = parseIpAddress(address);
  const prefix = Number(bits);
  if (prefix <= (parsed.family === 4 ? 32 : 128)) return { ...parsed, prefix };
  throw new ValueError(`/${prefix} is too long for an IPv${parsed.family} address`);
}

/** `dhcp` or `ADDRESS/PREFIX`. Throws a ValueError. */
export function parseInterfaceAddress(text: string): InterfaceAddress {
  if (text === "dhcp") return { kind: "dhcp" };
  const subnet = parseSubnet(text);
  if (subnet.prefix === 0 || isNoHost(subnet)) throw new ValueError("this is not the address of a single host");
  return { kind: "static", ...subnet };
}

/** A host cannot have these on an interface: the unspecified address, loopback, multicast, and IPv4's broadcast. */
export function isNoHost({ family, text }: IpAddress): boolean {
  return family === 4 ? /^(0|127|22[4-9]|2[3-5]\d)\./.test(text) : /^(::1?$|ff)/.test(text);
}

/** `SUBNET via GATEWAY`. Throws a ValueError. */
export function parseRoute(text: string): Route {
  const match = /^(\S+)\s+via\s+(\S+)$/.exec(text);
  if (match === null) throw new ValueError("expected SUBNET via GATEWAY, such as 10.0.0.0/8 via 192.0.2.1");
  const [, destination = "", via = ""] = match;
  const to = parseSubnet(destination);
  const gateway = parseIpAddress(via);
  if (to.family === gateway.family) return { to, gateway };
  throw new ValueError("a route and its gateway must both be IPv4, or both be IPv6");
}

/** Six bytes in lower case. Throws a ValueError. */
export function parseMacAddress(text: string): string {
  const mac = text.toLowerCase();
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac)) {
    throw new ValueError("expected six bytes, such as 52:54:00:12:34:56");
  }
  if (/^.[02468ace]/.test(mac) && mac !== "00:00:00:00:00:00") return mac;
  throw new ValueError("this is not the address of a single interface: its first byte must be even");
}

/** Whether an address is in a subnet of its family. */
export function isInSubnet(address: IpAddress, subnet: Subnet): boolean {
  if (address.family !== subnet.family) return false;
  const host = BigInt((subnet.family === 4 ? 32 : 128) - subnet.prefix);
  return toBits(address) >> host === toBits(subnet) >> host;
}

/** The address as a number. */
export function toBits({ family, text }: IpAddress): bigint {
  if (family === 4) return text.split(".").reduce((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
  const [head = "", tail = ""] = text.split("::");
  const groups = (part: string): readonly string[] => (part === "" ? [] : part.split(":"));
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill("0");
  const all = [...groups(head), ...zeros, ...groups(tail)];
  return all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** The address with these bits. */
export function fromBits(family: 4 | 6, bits: bigint): IpAddress {
  const [size, count] = family === 4 ? [8n, 4] : [16n, 8];
  const parts = Array.from(
    { length: count },
    (_, index) => (bits >> (size * BigInt(count - 1 - index))) & ((1n << size) - 1n),
  );
  return parseIpAddress(family === 4 ? parts.join(".") : parts.map((part) => part.toString(16)).join(":"));
}

/** How many bits of an address each link has for itself within the range. */
export const linkBits = { 4: 2, 6: 64 } as const;

// So many links are the least that makes sense.
const indexBits = 6;

/** Parses a subnet with room for the links of many sandboxes. Throws a ValueError. */
export function parseLinkRange(text: string): Subnet {
  const subnet = parseSubnet(text);
  const size = subnet.family === 4 ? 32 : 128;
  const host = BigInt(size - subnet.prefix);
  if ((toBits(subnet) >> host) << host !== toBits(subnet))
    throw new ValueError("this is an address, not a subnet: the bits after the prefix must be zero");
  // Link-local addresses mean something only together with an interface.
  if (isNoHost(subnet) || /^fe[89ab]/.test(subnet.text))
    throw new ValueError("a host cannot be reached by addresses of this subnet");
  const longest = size - linkBits[subnet.family] - indexBits;
  if (subnet.prefix < 8 || subnet.prefix > longest)
    throw new ValueError(`expected a prefix between /8 and /${longest}, such as 10.90.0.0/16 or fd12:3456:789a::/48`);
  return subnet;
}

/** The network of a sandbox: only a loopback, the host's own network, a libvirt network, or a bridge of the host. */
export type Network =
  | { readonly kind: "none" }
  | { readonly kind: "host" }
  | { readonly kind: "libvirt"; readonly name: string }
  | { readonly kind: "bridge"; readonly name: string };

const networkName = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;
// Linux's IFNAMSIZ is 16, including the zero byte.
const bridgeName = /^bridge:([A-Za-z0-9_][A-Za-z0-9._-]{0,14})$/;

/** Parses `none`, `host`, `bridge:INTERFACE`, or the name of a libvirt network. Throws a ValueError. */
export function parseNetwork(text: string): Network {
  if (text === "none" || text === "host") return { kind: text };
  const bridge = bridgeName.exec(text)?.[1];
  if (bridge !== undefined) return { kind: "bridge", name: bridge };
  if (networkName.test(text)) return { kind: "libvirt", name: text };
  throw new ValueError("expected none, host, the name of a libvirt network, or bridge:INTERFACE");
}

/** The network as a conf spells it. */
export const describeNetwork = (network: Network): string =>
  network.kind === "bridge" ? `bridge:${network.name}` : network.kind === "libvirt" ? network.name : network.kind;

/** Whether the sandbox has an interface of its own, with an address. */
export const hasInterface = (network: Network): network is Extract<Network, { readonly kind: "libvirt" | "bridge" }> =>
  network.kind === "libvirt" || network.kind === "bridge";
