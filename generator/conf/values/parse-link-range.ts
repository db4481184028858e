import { isNoHost, type Subnet, parseSubnet, toBits } from "./parse-address.ts";
import { ValueError } from "./value-error.ts";

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
