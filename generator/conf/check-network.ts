import type { Conf } from "./conf.ts";
import { isInSubnet, type Subnet } from "./values/parse-address.ts";
import { describeNetwork, hasInterface } from "./values/parse-network.ts";
import type { ConfError } from "./sandbox-error.ts";
import type { SettingName } from "./settings.ts";

type At = (key: SettingName, index: number, message: string, hint?: string) => ConfError;

const ofInterfaces = ["Address", "Route", "Gateway", "DNS", "MacAddress"] as const;

/** What is wrong with the interface of a sandbox. */
export function checkNetwork(conf: Conf, at: At): readonly ConfError[] {
  if (hasInterface(conf.Network)) return [...checkAddresses(conf, at), ...checkGateways(conf, at)];
  // From the defaults it is meant for the sandboxes that have an interface.
  return ofInterfaces
    .filter((key) => conf.origins[key]?.some(({ path }) => !path.includes("/defaults.conf.d/")))
    .map((key) =>
      at(
        key,
        0,
        `${key}= has no use with Network=${describeNetwork(conf.Network)}`,
        "Name a libvirt network or a bridge: Network=default, Network=bridge:br0",
      ),
    );
}

/** The addresses that are written down; none means that DHCP gives them. */
export const staticAddresses = (conf: Conf): readonly Subnet[] =>
  conf.Address.filter((address) => address.kind === "static");

/** Whether the sandbox asks for its address. */
export const usesDhcp = (conf: Pick<Conf, "Network" | "Address">): boolean =>
  hasInterface(conf.Network) && conf.Address.every(({ kind }) => kind === "dhcp");

/** Whether the host's name servers are the sandbox's as well. */
export const usesHostServers = (conf: Conf): boolean =>
  conf.Network.kind !== "none" && !usesDhcp(conf) && conf.DNS.length === 0;

function checkAddresses(conf: Conf, at: At): readonly ConfError[] {
  return conf.Address.flatMap((address, index) => {
    if (address.kind === "dhcp") {
      return conf.Address.length > 1
        ? [at("Address", index, "Address=dhcp stands alone", "Write down all addresses, or none")]
        : [];
    }
    const isTwice = staticAddresses(conf).findIndex(({ text }) => text === address.text) < index;
    return isTwice ? [at("Address", index, `Address=: ${address.text} is there twice`)] : [];
  });
}

function checkGateways(conf: Conf, at: At): readonly ConfError[] {
  const addresses = staticAddresses(conf);
  const gateways = [
    ...conf.Gateway.map((gateway, index) => ({ key: "Gateway", gateway, index }) as const),
    ...conf.Route.map(({ gateway }, index) => ({ key: "Route", gateway, index }) as const),
  ];
  return gateways.flatMap(({ key, gateway, index }) => {
    if (usesDhcp(conf)) return [at(key, index, `${key}= is for addresses that are written down; DHCP brings its own`)];
    if (addresses.some(({ text }) => text === gateway.text))
      return [at(key, index, `${key}=: ${gateway.text} is the sandbox's own address`)];
    const isNear = /^fe[89ab]/.test(gateway.text) || addresses.some((subnet) => isInSubnet(gateway, subnet));
    if (!isNear) return [at(key, index, `${key}=: ${gateway.text} is in no subnet of Address=`)];
    const before = conf.Gateway.findIndex(({ family }) => family === gateway.family);
    return key === "Gateway" && before < index
      ? [
          at(
            key,
            index,
            `Gateway=: there is one of IPv${gateway.family} already`,
            "For a part of the world, write Route=",
          ),
        ]
      : [];
  });
}
