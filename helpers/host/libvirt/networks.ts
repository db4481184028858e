import { existsSync, readFileSync } from "node:fs";
import { orMissing } from "../../../base/files.ts";
import { runQuick } from "../process/run-quick.ts";
import { networkFile } from "./domain-files.ts";

/** The result of a request to start a network. */
export type NetworkStart =
  | { readonly kind: "started" }
  /** libvirt has no network of that name. */
  | { readonly kind: "unknown" }
  | { readonly kind: "failed"; readonly reason: string };

const virsh = ["--quiet", "--connect", "lxc:///system"];

/** Starts a libvirt network if it is down. */
export async function startNetwork(network: string): Promise<NetworkStart> {
  if (existsSync(networkFile(network))) return { kind: "started" };
  const { status, output } = await runQuick("virsh", [...virsh, "net-start", network]);
  return status === 0 ? { kind: "started" } : parseRefusal(output);
}

/** Parses virsh's message about a network that it does not start. */
export function parseRefusal(output: string): NetworkStart {
  if (output.includes("already active")) return { kind: "started" };
  return output.includes("Network not found") ? { kind: "unknown" } : { kind: "failed", reason: output };
}

/** Lists the networks that libvirt knows, up or down; empty if libvirt does not answer. */
export async function listNetworks(): Promise<readonly string[]> {
  const { status, output } = await runQuick("virsh", [...virsh, "net-list", "--all", "--name"]);
  return status === 0
    ? output
        .split("\n")
        .map((line) => line.trim())
        .filter(Boolean)
    : [];
}

/** Reads libvirtd's record of a network; undefined while the network is down. */
export const readNetworkStatus = (network: string): string | undefined =>
  orMissing(() => readFileSync(networkFile(network), "utf8"));

/** The bridge in a network's status; undefined if the network has none. */
export const bridgeOf = (status: string): string | undefined => /<bridge name='([^']*)'/.exec(status)?.[1];

/** Whether libvirt serves DHCP over IPv4, according to a network's status. */
export const servesDhcp = (status: string): boolean =>
  status
    .split("</ip>")
    .slice(0, -1)
    .map((part) => part.slice(part.lastIndexOf("<ip ")))
    .some((ip) => !ip.slice(0, ip.indexOf(">")).includes("family='ipv6'") && ip.includes("<dhcp>"));
