import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parseIpAddress } from "../../generator/conf/values/parse-address.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { orMissing } from "./or-missing.ts";
import { runQuick } from "./run-quick.ts";

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
