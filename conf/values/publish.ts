import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Conf } from "../conf.ts";
import { parseIpAddress } from "./network.ts";
import { ValueError } from "./values.ts";

export type Protocol = "tcp" | "udp";

/** Ports of the host that lead to as many of the sandbox. */
export interface Publish {
  /** IPv6 is in brackets. undefined means all IPv4 and IPv6 addresses of the host. */
  readonly address: string | undefined;
  /** The first port of the host, and the first of the sandbox. */
  readonly hostPort: number;
  readonly port: number;
  /** How many ports there are from these on. */
  readonly count: number;
  readonly protocol: Protocol;
  /** Whether the service learns its client by the PROXY protocol. */
  readonly proxyProtocol: boolean;
}

/** The most ports that one line may publish. */
const maxPorts = 1000;

// Whether it is an address, canonicalAddress says.
const form =
  /^(?:(\[[0-9A-Fa-f:.]+\]|[\d.]+):)?(\d{1,5})(?:-(\d{1,5}))?:(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp))?(,.*)?$/;

/** Parses `[ADDRESS:]HOSTPORT[-LAST]:PORT[-LAST][/tcp|/udp][,proxy-protocol]`. Throws a ValueError. */
export function parsePublish(text: string): Publish {
  const [, address, hostPort = "", hostLast = hostPort, port = "", last = port, protocol = "tcp", option] =
    form.exec(text) ?? [];
  const canonical = address === undefined ? undefined : canonicalAddress(address);
  if (![hostPort, hostLast, port, last].every(isPort) || canonical === null)
    throw new ValueError(
      "expected [ADDRESS:]HOSTPORT:PORT, such as 8080:80, 127.0.0.1:8080:80, [::1]:8080:80, 53:53/udp or 6000-6010:6000-6010",
    );
  const count = Number(last) - Number(port) + 1;
  if (count !== Number(hostLast) - Number(hostPort) + 1 || count < 1)
    throw new ValueError("both ranges must go up and have the same number of ports, such as 6000-6010:6000-6010");
  if (count > maxPorts) throw new ValueError(`at most ${maxPorts} ports are allowed in a range`);
  if (option !== undefined && option !== ",proxy-protocol")
    throw new ValueError(`after the ports only ,proxy-protocol is known, not ${option}`);
  const publish: Publish = {
    address: canonical,
    hostPort: Number(hostPort),
    port: Number(port),
    count,
    protocol: protocol === "udp" ? "udp" : "tcp",
    proxyProtocol: option !== undefined,
  };
  if (publish.protocol === "udp" && publish.proxyProtocol)
    throw new ValueError("the PROXY protocol is for TCP only: remove ,proxy-protocol");
  if (publish.protocol === "udp" && isOnLoopback(publish))
    throw new ValueError(
      "UDP cannot be passed to the sandbox's loopback. Without an address, or with another of the host's, the kernel passes it on",
    );
  return publish;
}

/** A published port as a conf spells it. */
export function describePublish({ address, hostPort, port, count, protocol, proxyProtocol }: Publish): string {
  const range = (first: number): string => (count === 1 ? String(first) : `${first}-${first + count - 1}`);
  const place = `${address === undefined ? "" : `${address}:`}${range(hostPort)}:${range(port)}`;
  return `${place}${protocol === "udp" ? "/udp" : ""}${proxyProtocol ? ",proxy-protocol" : ""}`;
}

/** A line for each port of a range. */
export const eachPort = (publish: Publish): readonly Publish[] =>
  Array.from({ length: publish.count }, (_, index) => ({
    ...publish,
    hostPort: publish.hostPort + index,
    port: publish.port + index,
    count: 1,
  }));

/** Whether only processes of the host can connect. */
export const isOnLoopback = ({ address }: Pick<Publish, "address">): boolean =>
  address !== undefined && (address === "[::1]" || address.startsWith("127."));

/** A port of the host whose socket is passed to the sandbox. */
export interface Listen {
  /** IPv6 is in brackets. undefined means all IPv4 and IPv6 addresses of the host. */
  readonly address: string | undefined;
  readonly hostPort: number;
  readonly protocol: Protocol;
}

/** Parses `[ADDRESS:]PORT[/udp]`. Throws a ValueError. */
export function parseListen(text: string): Listen {
  const protocol = text.endsWith("/udp") ? "udp" : "tcp";
  const [, address, port = ""] = /^(?:(\[[0-9A-Fa-f:.]+\]|[\d.]+):)?(\d{1,5})(?:\/(?:tcp|udp))?$/.exec(text) ?? [];
  const canonical = address === undefined ? undefined : canonicalAddress(address);
  if (isPort(port) && canonical !== null) return { address: canonical, hostPort: Number(port), protocol };
  throw new ValueError("expected [ADDRESS:]PORT, such as 2222, 127.0.0.1:2222 or [::1]:53/udp");
}

const isPort = (digits: string): boolean => Number(digits) >= 1 && Number(digits) <= 65535;

function canonicalAddress(address: string): string | null {
  try {
    const { family, text } = parseIpAddress(address.replaceAll(/[[\]]/g, ""));
    return family === 6 ? (mappedIpv4(text) ?? `[${text}]`) : text;
  } catch {
    return null;
  }
}

// The kernel takes ::ffff:127.0.0.1 for the address of IPv4 in it (RFC 4291, 2.5.5.2).
function mappedIpv4(text: string): string | undefined {
  const words = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text)?.slice(1);
  return words
    ?.map((word) => parseInt(word, 16))
    .flatMap((word) => [word >> 8, word & 255])
    .join(".");
}

/** Whether two listeners exclude each other: a wildcard covers all addresses of its family. */
export function publishSamePlace(one: Publish | Listen, other: Publish | Listen): boolean {
  if (one.protocol !== other.protocol || !overlap(one, other)) return false;
  if (one.address === undefined || other.address === undefined || one.address === other.address) return true;
  return covers(one.address, other.address) || covers(other.address, one.address);
}

function overlap(one: Publish | Listen, other: Publish | Listen): boolean {
  const last = (port: Publish | Listen): number => port.hostPort + ("count" in port ? port.count : 1) - 1;
  return one.hostPort <= last(other) && other.hostPort <= last(one);
}

const covers = (wildcard: string, address: string): boolean =>
  wildcard === (address.startsWith("[") ? "[::]" : "0.0.0.0");

/** Published ports that share a socket and a proxy: they lead to one port of the sandbox in the same way. */
export interface PortGroup {
  /** The name of both units, without suffix. */
  readonly unit: string;
  readonly hostPort: number;
  readonly port: number;
  readonly protocol: Protocol;
  /** Whether it leads to the sandbox's link, until the kernel does, and not to the loopback inside. */
  readonly toLink: boolean;
  readonly proxyProtocol: boolean;
  readonly listeners: readonly Publish[];
}

/** Whether the kernel passes on what comes to this port, so that the service sees its clients. */
export const isByKernel = (conf: Pick<Conf, "PublishBy">, publish: Publish): boolean =>
  conf.PublishBy === "kernel" && !isOnLoopback(publish) && !publish.proxyProtocol;

/** The ports that need a link to the sandbox. */
export const kernelPorts = (conf: Conf): readonly Publish[] => conf.Publish.filter((port) => isByKernel(conf, port));

/** The socket unit of all Listen= lines. */
export const listenUnit = (name: SandboxName): string => `sandbox-${name}-listen.socket`;

/** Groups the ports that systemd listens on, sorted by port of the host. With OnDemand= these are all. */
export function groupPorts(conf: Conf): readonly PortGroup[] {
  const ports = conf.Publish.filter((port) => conf.OnDemand || !isByKernel(conf, port)).flatMap(eachPort);
  const byHostPort = [...Map.groupBy(ports, ({ hostPort, protocol }) => `${hostPort}/${protocol}`).values()];
  return byHostPort.flatMap((some) => groupByTarget(conf, some)).sort(compare);
}

function groupByTarget(conf: Conf, ports: readonly Publish[]): readonly PortGroup[] {
  const groups = [...Map.groupBy(ports, (port) => describeTarget(conf, port))];
  return groups.flatMap(([target, listeners]) => {
    const [first] = listeners;
    if (first === undefined) return [];
    const { hostPort, port, protocol, proxyProtocol } = first;
    // Unique for every name: the suffix follows the last dash, and the name is everything before it.
    const suffix = `${hostPort}${groups.length > 1 ? `.${target}` : ""}${protocol === "udp" ? ".udp" : ""}`;
    const toLink = isByKernel(conf, first);
    return { unit: `sandbox-${conf.name}-${suffix}`, hostPort, port, protocol, toLink, proxyProtocol, listeners };
  });
}

const describeTarget = (conf: Conf, port: Publish): string =>
  `${port.port}${isByKernel(conf, port) ? ".link" : ""}${port.proxyProtocol ? ".proxy" : ""}`;

const compare = (one: PortGroup, other: PortGroup): number =>
  one.hostPort - other.hostPort || one.port - other.port || (one.unit < other.unit ? -1 : 1);

/** All socket units of a sandbox. */
export const socketUnits = (conf: Conf): readonly string[] => [
  ...groupPorts(conf).map(({ unit }) => `${unit}.socket`),
  ...(conf.Listen.length > 0 ? [listenUnit(conf.name)] : []),
];

const ownSocket = /^(\d+(\.\d+)?(\.link)?(\.proxy)?(\.udp)?|listen)\.socket$/;

/** Whether a unit is a socket of this sandbox, not of one whose name merely begins the same. */
export const isSocketOf = (name: SandboxName, unit: string): boolean =>
  unit.startsWith(`sandbox-${name}-`) && ownSocket.test(unit.slice(`sandbox-${name}-`.length));
