import type { Conf, Publish } from "./conf.ts";
import type { SandboxName } from "./sandbox-name.ts";

/** Published ports that share a socket and a proxy: same port of the host, same port of the sandbox. */
export interface PortGroup {
  /** Name of both units, without suffix. */
  readonly unit: string;
  readonly hostPort: number;
  readonly port: number;
  readonly listeners: readonly Publish[];
}

/** The socket unit of all that Listen= says. */
export const listenUnit = (name: SandboxName): string => `sandbox-${name}-listen.socket`;

/** The sockets of published ports, by port of the host. */
export function groupPorts(conf: Conf): readonly PortGroup[] {
  const byHostPort = Map.groupBy(conf.Publish, ({ hostPort }) => hostPort);
  return [...byHostPort]
    .sort(([one], [other]) => one - other)
    .flatMap(([hostPort, listeners]) => {
      const byPort = [...Map.groupBy(listeners, ({ port }) => port)].sort(([one], [other]) => one - other);
      return byPort.map(([port, some]) => ({
        // Unique, whatever is in the name: what follows the last dash is 8080 or 8080.81, and the rest is the name.
        unit: `sandbox-${conf.name}-${hostPort}${byPort.length > 1 ? `.${port}` : ""}`,
        hostPort,
        port,
        listeners: some,
      }));
    });
}

/** All socket units of a sandbox. */
export const socketUnits = (conf: Conf): readonly string[] => [
  ...groupPorts(conf).map(({ unit }) => `${unit}.socket`),
  ...(conf.Listen.length > 0 ? [listenUnit(conf.name)] : []),
];

/** Whether a unit is a socket of this sandbox, and not of one whose name begins so. */
export const isSocketOf = (name: SandboxName, unit: string): boolean =>
  unit.startsWith(`sandbox-${name}-`) && /^(\d+(\.\d+)?|listen)\.socket$/.test(unit.slice(`sandbox-${name}-`.length));
