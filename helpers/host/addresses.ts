import { readFileSync } from "node:fs";
import { parseIpAddress } from "../../generator/conf/values/parse-address.ts";

/** The addresses in the network namespace of a process, without those of its own links; none when it just ended. */
export function readAddresses(pid: number): readonly string[] {
  try {
    const ipv4 = readFileSync(`/proc/${pid}/net/fib_trie`, "utf8");
    return [...listIpv4(ipv4), ...listIpv6(readIpv6(pid))];
  } catch {
    return [];
  }
}

// Not there where IPv6 is off.
function readIpv6(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/net/if_inet6`, "utf8");
  } catch {
    return "";
  }
}

/** From the kernel's table of routes, in which the own addresses are marked, each of them twice. */
export function listIpv4(trie: string): readonly string[] {
  const found = [...trie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map(([, address = ""]) => address);
  return [...new Set(found)].filter((address) => !address.startsWith("127."));
}

/**
 * From `ADDRESS INDEX PREFIX SCOPE FLAGS DEVICE` in hexadecimal digits, which the kernel gives in no order; scope 0 is global. First
 * those that were set, which stay (IFA_F_PERMANENT), then those that a router advertised.
 */
export function listIpv6(table: string): readonly string[] {
  const addresses = [...table.matchAll(/^([0-9a-f]{32}) \S+ \S+ 00 (\S+)/gm)].map(([, digits = "", flags = ""]) => ({
    text: parseIpAddress(digits.replaceAll(/.{4}(?=.)/g, "$&:")).text,
    isSet: (parseInt(flags, 16) & 0x80) !== 0,
  }));
  return addresses
    .sort((one, other) => Number(other.isSet) - Number(one.isSet) || (one.text < other.text ? -1 : 1))
    .map(({ text }) => text);
}
