import type { Conf, Publish } from "./conf.ts";
import type { SandboxName } from "./sandbox-name.ts";
import { eachPort, isOnLoopback, type Protocol } from "./values/parse-publish.ts";

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
