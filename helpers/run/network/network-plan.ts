import type { Conf } from "../../../generator/conf/conf.ts";
import { staticAddresses, usesDhcp } from "../../../generator/conf/check-network.ts";
import { hashText } from "../../../generator/conf/conf-hash.ts";
import type { Route, Subnet } from "../../../generator/conf/values/parse-address.ts";
import { hasInterface } from "../../../generator/conf/values/parse-network.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";

/** The network interface of a sandbox. */
export interface Interface {
  readonly kind: "libvirt" | "bridge";
  /** Of the libvirt network, or of the bridge. */
  readonly network: string;
  /** What its end on the host is called. */
  readonly device: string;
  readonly mac: string;
  /** Whether no other isolated port of the bridge is reached. */
  readonly isolated: boolean;
  /** Empty with DHCP. */
  readonly addresses: readonly Subnet[];
  readonly routes: readonly Route[];
  readonly dhcp: boolean;
  /** A filter of libvirt's; undefined for our own rules, `none` for none at all. */
  readonly filter: string | undefined;
}

/** Null for a sandbox that has no interface of its own, but a loopback or the host's. */
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
    device: nameDevice(conf.name),
    mac: conf.MacAddress ?? macOf(uuid),
    isolated: conf.Isolated,
    addresses: staticAddresses(conf),
    routes: [...conf.Route, ...defaults],
    dhcp: usesDhcp(conf),
    filter: conf.Filter,
  };
}

// A name that is known beforehand, so that its rules are there before it is. Linux has 15 characters for it.
const nameDevice = (name: SandboxName): string => `sb-${name.length <= 12 ? name : hashText(name).slice(0, 12)}`;

/** Kept for as long as the root is, so that DHCP gives the same address again; of the locally administered ones. */
const macOf = (uuid: string): string => `02${uuid.replaceAll("-", "").slice(0, 10).replaceAll(/../g, ":$&")}`;
