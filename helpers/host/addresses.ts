import { readFileSync } from "node:fs";
import { parseIpAddress } from "../../generator/conf/values/parse-address.ts";

/**
 * Reads the addresses in the network namespace of a process, without link-local ones; empty if the process just ended.
 */
export function readAddresses(pid: number): readonly string[] {
  try {
    const ipv4 = readFileSync(`/proc/${pid}/net/fib_trie`, "utf8");
    return [...listIpv4(ipv4), ...listIpv6(readIpv6(pid))];
  } catch {
    return [];
  }
}

// This file does not exist where IPv6 is off.
function readIpv6(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/net/if_inet6`, "utf8");
  } catch {
    return "";
  }
}

/** Reads the kernel's routing table, which marks the host's own addresses and lists each of them twice. */
export function listIpv4(trie: string): readonly string[] {
  const found = [...trie.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map(([, address = ""]) => address);
  return [...new Set(found)].filter((address) => !address.startsWith("127."));
}

/**
 * Reads lines of `ADDRESS INDEX PREFIX SCOPE FLAGS DEVICE` in hexadecimal digits, which the kernel gives in no order;
 * scope 0 is global. Permanent addresses (IFA_F_PERMANENT), which somebody set, come first; then those that a router
 * advertised.
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
