import type { SandboxName } from "../../../base/sandbox-name.ts";
import { staticAddresses, usesDhcp } from "../../../conf/check-network.ts";
import { hashText } from "../../../conf/conf-hash.ts";
import type { Conf } from "../../../conf/conf.ts";
import { hasInterface, type Route, type Subnet } from "../../../conf/values/network.ts";
import type { StartNetwork } from "../plan/start-plan.ts";
import { renderFilter } from "./filter-rules.ts";

/** The network interface of a sandbox. */
export interface Interface {
  readonly kind: "libvirt" | "bridge";
  /** The name of the libvirt network or the bridge. */
  readonly network: string;
  /** The name of its end on the host. */
  readonly device: string;
  readonly mac: string;
  /** Whether it cannot reach other isolated ports of the bridge. */
  readonly isolated: boolean;
  /** Empty with DHCP. */
  readonly addresses: readonly Subnet[];
  readonly routes: readonly Route[];
  readonly dhcp: boolean;
  /** The name of a libvirt filter; undefined for our own rules, `none` for no rules. */
  readonly filter: string | undefined;
}

/** Null for a sandbox without its own interface: it has only a loopback, or the host's network. */
export function planInterface(conf: Conf, uuid: string): Interface | null {
  const { Network: network } = conf;
  if (!hasInterface(network)) return null;
  const defaults = conf.Gateway.map((gateway): Route => {
    const text = gateway.family === 4 ? "0.0.0.0" : "::";
    return { to: { family: gateway.family, text, prefix: 0 }, gateway };
  });
  return {
    kind: network.kind,
    network: network.name,
    device: nameInterface("sb-", conf.name),
    mac: conf.MacAddress ?? makeMac("02", uuid),
    isolated: conf.Isolated,
    addresses: staticAddresses(conf),
    routes: [...conf.Route, ...defaults],
    dhcp: usesDhcp(conf),
    filter: conf.Filter,
  };
}

/**
 * The name of an interface's end on the host, after a prefix of three characters. It is known beforehand, so that its rules can
 * exist before the interface. Linux allows 15 characters.
 */
export const nameInterface = (prefix: string, name: SandboxName): string =>
  `${prefix}${name.length <= 12 ? name : hashText(name).slice(0, 12)}`;

/**
 * Depends only on the first byte and the uuid, which is kept as long as the root, so that DHCP gives the same address again. It is a
 * locally administered address.
 */
export const makeMac = (first: "02" | "06", uuid: string): string =>
  `${first}${uuid.replaceAll("-", "").slice(0, 10).replaceAll(/../g, ":$&")}`;

/** Plans what setUpNetwork does at a start; null for a sandbox without a network of the conf. */
export function planNetwork(conf: Conf, nic: Interface | null): StartNetwork | null {
  if (conf.Network.kind === "host") return { kind: "host" };
  if (nic === null) return null;
  const { kind, network, device, dhcp, addresses } = nic;
  return {
    ...{ kind, network, device, dhcp, addresses: addresses.map(({ text }) => text) },
    rules: nic.filter === undefined ? renderFilter(nic) : null,
    servers: conf.DNS.length === 0 ? null : conf.DNS.map(({ text }) => `nameserver ${text}\n`).join(""),
  };
}
