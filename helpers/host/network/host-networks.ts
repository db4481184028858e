import { existsSync, readdirSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { ConfError } from "../../../base/errors.ts";
import { findNearest } from "../../../base/text.ts";
import type { Conf } from "../../../conf/conf.ts";
import { describeNetwork, parseIpAddress } from "../../../conf/values/network.ts";
import { run } from "../process/run.ts";

/** The networks, filters and addresses of the host. */
export interface HostNetworks {
  /** libvirt's networks; null if libvirt was not asked, or does not answer. */
  readonly networks: readonly string[] | null;
  readonly bridges: readonly string[];
  /** libvirt's network filters; null as above. */
  readonly filters: readonly string[] | null;
  /** The host's own addresses. */
  readonly addresses: readonly string[];
}

/** Asks libvirt only if one of the confs names a libvirt network. */
export async function readHostNetworks(confs: readonly Conf[]): Promise<HostNetworks> {
  const isAsked = confs.some(({ Network: network }) => network.kind === "libvirt");
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return {
    networks: isAsked ? await listNames("net-list", "--all", "--name") : null,
    filters: confs.some(namesFilter) ? await listNames("nwfilter-list") : null,
    bridges: readdirSync("/sys/class/net")
      .filter((name) => existsSync(`/sys/class/net/${name}/bridge`))
      .sort(),
    addresses: addresses.filter(({ scopeid }) => !scopeid).map(({ address }) => parseIpAddress(address).text),
  };
}

const namesFilter = ({ Filter: filter }: Conf): boolean => filter !== undefined && filter !== "none";

// The name is the last word of a line.
async function listNames(...command: readonly string[]): Promise<readonly string[] | null> {
  try {
    const { stdout } = await run("virsh", ["--quiet", "--connect", "lxc:///system", ...command]);
    return stdout
      .split("\n")
      .map((line) => line.trim().split(/\s+/).at(-1) ?? "")
      .filter((name) => name !== "");
  } catch {
    return null;
  }
}

/** Finds settings of a conf that the host's networks do not allow. */
export function checkHostNetwork(conf: Conf, host: HostNetworks): readonly ConfError[] {
  return [...checkPresence(conf, host), ...checkAddresses(conf, host), ...checkFilter(conf, host)];
}

function checkPresence(conf: Conf, { networks, bridges }: HostNetworks): readonly ConfError[] {
  const { Network: network } = conf;
  const known = network.kind === "libvirt" ? networks : network.kind === "bridge" ? bridges : null;
  if (known === null || network.kind === "none" || network.kind === "host" || known.includes(network.name)) return [];
  const others = network.kind === "libvirt" ? ["none", "host", ...known] : known;
  const nearest = findNearest(network.name, others);
  const what = network.kind === "libvirt" ? "libvirt network" : "bridge";
  const where = { path: conf.path, ...conf.origins.Network?.[0], key: "Network" };
  return [
    new ConfError(
      where,
      `Network=${describeNetwork(network)}: this host has no ${what} ${network.name}`,
      nearest === undefined ? `It has ${known.join(", ") || "none"}` : `Did you mean ${nearest}?`,
    ),
  ];
}

function checkFilter(conf: Conf, { filters }: HostNetworks): readonly ConfError[] {
  const { Filter: filter } = conf;
  if (filter === undefined || filters === null || filter === "none" || filters.includes(filter)) return [];
  const nearest = findNearest(filter, ["none", ...filters]);
  return [
    new ConfError(
      { path: conf.path, ...conf.origins.Filter?.[0], key: "Filter" },
      `Filter=${filter}: libvirt has no such network filter`,
      nearest === undefined ? "virsh nwfilter-list lists them" : `Did you mean ${nearest}?`,
    ),
  ];
}

function checkAddresses(conf: Conf, { addresses }: HostNetworks): readonly ConfError[] {
  return conf.Address.flatMap((address, index) =>
    address.kind === "static" && addresses.includes(address.text)
      ? [
          new ConfError(
            { path: conf.path, ...conf.origins.Address?.[index], key: "Address" },
            `Address=: ${address.text} is an address of this host`,
            "Give the sandbox another address in the subnet",
          ),
        ]
      : [],
  );
}
