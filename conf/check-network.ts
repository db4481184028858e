import type { ConfError } from "../base/errors.ts";
import type { Conf } from "./conf.ts";
import { dependentsOf, type SettingName } from "./settings.ts";
import { describeNetwork, hasInterface, isInSubnet, type Subnet } from "./values/network.ts";

type At = (key: SettingName, index: number, message: string, hint?: string) => ConfError;

const ofInterfaces = dependentsOf("Network");

/** Finds errors in the network settings of a sandbox. */
export function checkNetwork(conf: Conf, at: At): readonly ConfError[] {
  if (hasInterface(conf.Network)) return [...checkAddresses(conf, at), ...checkGateways(conf, at)];
  // In the defaults such a setting is meant for the sandboxes that have an interface.
  return ofInterfaces.flatMap((key) => {
    const index = (conf.origins[key] ?? []).findIndex(({ path }) => !path.includes("/defaults.conf.d/"));
    return index < 0
      ? []
      : [
          at(
            key,
            index,
            `${key}= cannot be used with Network=${describeNetwork(conf.Network)}`,
            "Use a libvirt network or a bridge, such as Network=default or Network=bridge:br0",
          ),
        ];
  });
}

/** The fixed addresses of the conf. If there are none, DHCP provides them. */
export const staticAddresses = (conf: Conf): readonly Subnet[] =>
  conf.Address.filter((address) => address.kind === "static");

/** Whether the sandbox gets its address from DHCP. */
export const usesDhcp = (conf: Pick<Conf, "Network" | "Address">): boolean =>
  hasInterface(conf.Network) && conf.Address.every(({ kind }) => kind === "dhcp");

/** Whether the sandbox uses the host's name servers. */
export const usesHostServers = (conf: Conf): boolean =>
  conf.Network.kind !== "none" && !usesDhcp(conf) && conf.DNS.length === 0;

function checkAddresses(conf: Conf, at: At): readonly ConfError[] {
  return conf.Address.flatMap((address, index) => {
    if (address.kind === "dhcp") {
      return conf.Address.length > 1
        ? [at("Address", index, "Address=dhcp cannot be combined with other addresses", "Remove one of them")]
        : [];
    }
    const isTwice = staticAddresses(conf).findIndex(({ text }) => text === address.text) < index;
    return isTwice ? [at("Address", index, `Address=: ${address.text} is given twice`)] : [];
  });
}

function checkGateways(conf: Conf, at: At): readonly ConfError[] {
  const addresses = staticAddresses(conf);
  const gateways = [
    ...conf.Gateway.map((gateway, index) => ({ key: "Gateway", gateway, index }) as const),
    ...conf.Route.map(({ gateway }, index) => ({ key: "Route", gateway, index }) as const),
  ];
  return gateways.flatMap(({ key, gateway, index }) => {
    if (usesDhcp(conf)) return [at(key, index, `${key}= works only with fixed addresses; DHCP provides its own`)];
    if (addresses.some(({ text }) => text === gateway.text))
      return [at(key, index, `${key}=: ${gateway.text} is the sandbox's own address`)];
    const isNear = /^fe[89ab]\w:/.test(gateway.text) || addresses.some((subnet) => isInSubnet(gateway, subnet));
    if (!isNear) return [at(key, index, `${key}=: ${gateway.text} is not in any subnet of Address=`)];
    const before = conf.Gateway.findIndex(({ family }) => family === gateway.family);
    return key === "Gateway" && before < index
      ? [
          at(
            key,
            index,
            `Gateway=: there is already a gateway for IPv${gateway.family}`,
            "To reach a single subnet, use Route=",
          ),
        ]
      : [];
  });
}
