import type { Conf, Publish } from "./conf.ts";

/** Published ports that share a socket and a proxy: same port of the host, same port of the sandbox. */
export interface PortGroup {
  /** Name of both units, without suffix. */
  readonly unit: string;
  readonly hostPort: number;
  readonly port: number;
  readonly listeners: readonly Publish[];
}

/** The sockets a sandbox needs, by port of the host. */
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
