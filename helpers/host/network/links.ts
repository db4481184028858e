import { existsSync, readdirSync, readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { parseIpAddress } from "../../../conf/values/network.ts";
import { runQuick } from "../process/run-quick.ts";

/** An address of the host. */
export interface LinkAddress {
  readonly family: 4 | 6;
  readonly text: string;
  /** The interface that has it. */
  readonly device: string;
}

const folder = "/sys/class/net";

export const hasLink = (device: string): boolean => existsSync(`${folder}/${device}`);

export const isBridge = (device: string): boolean => existsSync(`${folder}/${device}/bridge`);

/** Whether new interfaces of the host may have IPv6 addresses. */
export const hasIpv6 = (): boolean =>
  orMissing(() => readFileSync("/proc/sys/net/ipv6/conf/default/disable_ipv6", "utf8"))?.trim() === "0";

/** All bridges of the host, sorted. */
export const listBridges = (): readonly string[] => readdirSync(folder).filter(isBridge).sort();

/** All addresses of the host, of links that are down too. Throws a SandboxError. */
export async function listLinkAddresses(): Promise<readonly LinkAddress[]> {
  const { status, output } = await runQuick("ip", ["-oneline", "address", "show"]);
  if (status === 0) return parseLinkAddresses(output);
  throw new SandboxError(`the addresses of this host cannot be listed: ${output}`, { hint: "Is iproute2 installed?" });
}

/** Parses lines such as `2: eth0    inet 192.0.2.7/24 …`, or `inet 192.0.2.7 peer 192.0.2.8/32 …`. */
export function parseLinkAddresses(text: string): readonly LinkAddress[] {
  const found = text.matchAll(/^\d+: (\S+) +inet6? ([0-9a-f.:]+)/gm);
  return [...found].map(([, device = "", address = ""]) => ({ ...parseIpAddress(address), device }));
}

/** Deletes an interface; resolves to undefined if it is gone, otherwise to the reason why it is not. */
export async function deleteLink(device: string): Promise<string | undefined> {
  if (!hasLink(device)) return undefined;
  const { status, output } = await runQuick("ip", ["link", "delete", device]);
  // Somebody else may have deleted it meanwhile.
  return status === 0 || !hasLink(device) ? undefined : output;
}

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
