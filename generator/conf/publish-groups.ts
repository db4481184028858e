import type { Conf, Publish } from "./conf.ts";
import type { SandboxName } from "./sandbox-name.ts";

/** Published ports that share a socket and a proxy: they have the same port of the host and of the sandbox. */
export interface PortGroup {
  /** The name of both units, without suffix. */
  readonly unit: string;
  readonly hostPort: number;
  readonly port: number;
  readonly listeners: readonly Publish[];
}

/** The socket unit of all Listen= lines. */
export const listenUnit = (name: SandboxName): string => `sandbox-${name}-listen.socket`;

/** Groups published ports, sorted by port of the host. */
export function groupPorts(conf: Conf): readonly PortGroup[] {
  const byHostPort = Map.groupBy(conf.Publish, ({ hostPort }) => hostPort);
  return [...byHostPort]
    .sort(([one], [other]) => one - other)
    .flatMap(([hostPort, listeners]) => {
      const byPort = [...Map.groupBy(listeners, ({ port }) => port)].sort(([one], [other]) => one - other);
      return byPort.map(([port, some]) => ({
        // Unique for every name: 8080 or 8080.81 follows the last dash, and the name is everything before it.
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

/** Whether a unit is a socket of this sandbox, not of one whose name merely begins the same. */
export const isSocketOf = (name: SandboxName, unit: string): boolean =>
  unit.startsWith(`sandbox-${name}-`) && /^(\d+(\.\d+)?|listen)\.socket$/.test(unit.slice(`sandbox-${name}-`.length));
