import type { Conf, Listen } from "../../../generator/conf/conf.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";

const socketOf = (unit: string): string => unit.replace(/\.service$/, ".socket");

/** The units that `findInnerSocket` asks for. */
export const possibleSockets = ({ Unit: units, Listen: listen }: Pick<Conf, "Unit" | "Listen">): readonly string[] =>
  listen.length === 0 ? [] : units.map(socketOf);

/**
 * Finds the socket unit inside that takes the sockets of Listen=: one of Unit=, or the socket of a service of Unit=.
 * Undefined without Listen=, and for Exec=, whose command takes them itself. Throws a SandboxError.
 */
export function findInnerSocket(
  conf: Pick<Conf, "Unit" | "Exec" | "Listen">,
  isThere: (unit: string) => boolean,
): string | undefined {
  if (conf.Listen.length === 0 || conf.Exec !== undefined) return undefined;
  const named = conf.Unit.filter((unit) => unit.endsWith(".socket"));
  const sockets = named.length > 0 ? named : conf.Unit.map(socketOf).filter(isThere);
  if (sockets.length === 1 && sockets[0] !== undefined) return sockets[0];
  throw new SandboxError(
    sockets.length === 0
      ? `Listen=: ${conf.Unit.join(", ")} has no socket unit that could take the sockets`
      : `Listen=: it is not clear which of ${sockets.join(", ")} should take the sockets`,
    { hint: "If the service opens its port itself, use Publish=", status: 2 },
  );
}

/** Makes systemd inside take the sockets that PID 1 receives. It finds them by their addresses. */
export const renderInnerSocket = (listen: readonly Listen[]): string =>
  `[Socket]\nListenStream=\nListenDatagram=\n${listen
    .map(({ address, hostPort, protocol }) => {
      const port = address === undefined ? String(hostPort) : `${address}:${hostPort}`;
      return `${protocol === "tcp" ? "ListenStream" : "ListenDatagram"}=${port}\n`;
    })
    .join("")}`;
