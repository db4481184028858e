import type { SandboxName } from "../../../base/sandbox-name.ts";
import { parseIpAddress, toBits } from "../../../conf/values/network.ts";
import type { LinkAddress } from "../../host/network/links.ts";
import type { StartInterface, StartNetwork } from "../plan/start-plan.ts";

/** nft's name of the table for traffic across a bridge. */
export const bridgeTable = "bridge sandboxcontainer";

/** The set of a bridge's taken addresses. The rules of all its sandboxes use it. */
export const takenSet = (bridge: string): string => `taken-${bridge}`;

/** The sandboxes on a bridge, and the bridge of a libvirt network; undefined while the network is down. */
export interface Bridge {
  readonly name: string;
  readonly of: (network: string) => string | undefined;
}

/**
 * The IPv4 addresses that no sandbox of a bridge may get from DHCP: the host's, and those in confs. Sorted. A link that
 * carries ports comes and goes with its sandbox, and each packet to it has a route of its own.
 */
export function listTaken(
  bridge: Bridge,
  host: readonly LinkAddress[],
  networks: ReadonlyMap<SandboxName, StartNetwork>,
): readonly string[] {
  const onBridge = [...networks.values()].filter(
    (network): network is StartInterface => network.kind !== "host" && isOn(bridge, network),
  );
  const all = [
    ...host.filter(({ family, device }) => family === 4 && !device.startsWith("sp-")).map(({ text }) => text),
    ...onBridge.flatMap(({ addresses }) => addresses.filter((address) => !address.includes(":"))),
  ];
  return [...new Set(all)].sort();
}

const isOn = (bridge: Bridge, { kind, network }: StartInterface): boolean =>
  (kind === "bridge" ? network : bridge.of(network)) === bridge.name;

/** nft commands that replace the previous addresses by these. */
export function renderTaken(bridge: string, addresses: readonly string[]): string {
  const set = `${bridgeTable} ${takenSet(bridge)}`;
  const elements = addresses.map((address) => `0x${toBits(parseIpAddress(address)).toString(16).padStart(8, "0")}`);
  return [
    `add table ${bridgeTable}`,
    `add set ${set} { typeof @nh,96,32; }`,
    `flush set ${set}`,
    ...(elements.length === 0 ? [] : [`add element ${set} { ${elements.join(", ")} }`]),
  ]
    .map((line) => `${line}\n`)
    .join("");
}
