import type { IpAddress, Subnet } from "../../../conf/values/network.ts";
import { address, ask, attribute, bytes, families, number, protocols, request, text, wants } from "./netlink.ts";

/** An open network namespace, or that of this process. */
type Network = number | "own";

// linux/rtnetlink.h.
const kinds = { addLink: 16, getLink: 18, addAddress: 20, addRoute: 24, addRule: 32 } as const;
const tables = { main: 254, local: 255 } as const;
const scopes = { everywhere: 0, host: 254 } as const;
const routeTypes = { unicast: 1, local: 2 } as const;
const madeAtBoot = 3;

const change = (network: Network, message: Buffer): readonly Buffer[] => ask(network, protocols.route, message);

/** struct ifinfomsg: of these flags only IFF_UP is changed, if it is set. */
const linkHeader = (index = 0, flags = 0): Buffer =>
  Buffer.concat([number(0), number(index), number(flags), number(flags)]);

/** Attributes of links (linux/if_link.h, linux/veth.h). */
const ofLink = { address: 1, name: 3, info: 18, networkDescriptor: 28, infoKind: 1, infoData: 2, vethPeer: 1 } as const;

/** Makes a pair of interfaces, the one in a network and its peer in another. */
export function addVeth(
  network: number,
  { name, mac }: { readonly name: string; readonly mac: string },
  peer: { readonly name: string; readonly network: number },
): void {
  const other = attribute(
    ofLink.vethPeer,
    linkHeader(),
    attribute(ofLink.name, text(peer.name)),
    attribute(ofLink.networkDescriptor, number(peer.network)),
  );
  const info = [attribute(ofLink.infoKind, text("veth")), attribute(ofLink.infoData, other)];
  const own = [
    attribute(ofLink.name, text(name)),
    attribute(ofLink.address, Buffer.from(mac.replaceAll(":", ""), "hex")),
  ];
  change(network, request(kinds.addLink, wants.add, linkHeader(), ...own, attribute(ofLink.info, ...info)));
}

function findIndex(network: Network, device: string): Buffer {
  const [answer] = change(
    network,
    request(kinds.getLink, wants.change, linkHeader(), attribute(ofLink.name, text(device))),
  );
  return (answer ?? Buffer.alloc(8)).subarray(4, 8);
}

export function setUp(network: Network, device: string): void {
  const up = 1;
  const index = findIndex(network, device).readUInt32LE();
  change(network, request(kinds.addLink, wants.change, linkHeader(index, up)));
}

/** Nobody else may have the address: it is not looked for duplicates (IFA_F_NODAD). */
export function addAddress(network: Network, device: string, subnet: Subnet): void {
  const ofAddress = { address: 1, local: 2 } as const;
  const noDuplicates = subnet.family === 6 ? 2 : 0;
  const head = [
    bytes(families[subnet.family], subnet.prefix, noDuplicates, scopes.everywhere),
    findIndex(network, device),
  ];
  const own = [attribute(ofAddress.local, address(subnet)), attribute(ofAddress.address, address(subnet))];
  change(network, request(kinds.addAddress, wants.add, ...head, ...own));
}

const ofRoute = { to: 1, device: 4, gateway: 5, table: 15 } as const;

/** Adds a default route, to the main table if none is named. */
export function addRoute(
  network: Network,
  device: string,
  { gateway, table = tables.main }: { readonly gateway: IpAddress; readonly table?: number },
): void {
  const head = bytes(
    families[gateway.family],
    0,
    0,
    0,
    0,
    madeAtBoot,
    scopes.everywhere,
    routeTypes.unicast,
    0,
    0,
    0,
    0,
  );
  const what = [attribute(ofRoute.gateway, address(gateway)), attribute(ofRoute.device, findIndex(network, device))];
  change(network, request(kinds.addRoute, wants.add, head, ...what, attribute(ofRoute.table, number(table))));
}

/** Takes what comes in by a device for an address as for this machine, beside other routes to it. */
export function addLocalRoute(network: Network, device: string, to: IpAddress): void {
  const head = [
    families[to.family],
    to.family === 4 ? 32 : 128,
    0,
    0,
    tables.local,
    madeAtBoot,
    scopes.host,
    routeTypes.local,
  ];
  const what = [attribute(ofRoute.to, address(to)), attribute(ofRoute.device, findIndex(network, device))];
  change(network, request(kinds.addRoute, wants.append, bytes(...head, 0, 0, 0, 0), ...what));
}

/** What is sent from an address goes by a table (linux/fib_rules.h). */
export function addRule(
  network: Network,
  from: IpAddress,
  { table, priority }: { readonly table: number; readonly priority: number },
): void {
  const ofRule = { from: 2, priority: 6, table: 15 } as const;
  const goesByTable = 1;
  const head = bytes(families[from.family], 0, from.family === 4 ? 32 : 128, 0, 0, 0, 0, goesByTable, 0, 0, 0, 0);
  const own = [attribute(ofRule.from, address(from)), attribute(ofRule.priority, number(priority))];
  change(network, request(kinds.addRule, wants.add, head, ...own, attribute(ofRule.table, number(table))));
}
