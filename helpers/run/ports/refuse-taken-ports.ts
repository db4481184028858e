import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { parseIpAddress } from "../../../generator/conf/values/parse-address.ts";
import { type Listener, listListeners } from "../../host/listeners.ts";
import { runQuick } from "../../host/run-quick.ts";
import { findHolder } from "../launch/require-sockets.ts";

/** A port of the host; `*` stands for all its addresses. */
export interface TakenPort {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly address: string;
}

/** Its questions to the host. Unit tests replace them. */
export interface TakenHost {
  readonly listListeners: typeof listListeners;
  readonly closeSockets: (units: readonly string[]) => Promise<unknown>;
  /** The output of ss(8) for a port. */
  readonly askHolder: (port: TakenPort) => Promise<string>;
}

/**
 * Throws a SandboxError if a program of the host listens where the kernel shall lead to a sandbox. A socket of the sandbox
 * that an earlier conf or version has left is closed.
 */
export async function refuseTakenPorts(
  name: SandboxName,
  ports: readonly TakenPort[],
  host: TakenHost = ownHost,
): Promise<void> {
  const before = findTakenPorts(ports, host.listListeners);
  if (before.length === 0) return;
  await host.closeSockets(
    before.map(({ protocol, port }) => `sandbox-${name}-${port}${protocol === "udp" ? ".udp" : ""}.socket`),
  );
  const [taken] = findTakenPorts(ports, host.listListeners);
  if (taken === undefined) return;
  const holder = findHolder(await host.askHolder(taken)) ?? "another program";
  const what = taken.protocol === "udp" ? "UDP port" : "port";
  throw new SandboxError(`${what} ${taken.port} of this host is in use by ${holder}`, {
    hint: `Free it, or change Publish= in the conf of ${name}`,
  });
}

/** Those on which a program of the host listens. */
export const findTakenPorts = (ports: readonly TakenPort[], list = listListeners): readonly TakenPort[] =>
  (["tcp", "udp"] as const).flatMap((protocol) => {
    const wanted = ports.filter((port) => port.protocol === protocol);
    const listeners = wanted.length === 0 ? [] : list("self", protocol);
    return wanted.filter((port) => listeners.some((listener) => isSame(port, listener)));
  });

// A socket of all IPv6 addresses may be one of all IPv4 addresses too, and the table does not say so.
function isSame({ port, address }: TakenPort, listener: Listener): boolean {
  if (port !== listener.port) return false;
  if (address === "*" || listener.address.text === "::") return true;
  const own = parseIpAddress(address.replaceAll(/[[\]]/g, ""));
  if (own.family !== listener.address.family) return false;
  const wildcards = ["0.0.0.0", "::"];
  return own.text === listener.address.text || [own, listener.address].some(({ text }) => wildcards.includes(text));
}

const ownHost: TakenHost = {
  listListeners,
  closeSockets: (units) => runQuick("systemctl", ["stop", ...units]),
  askHolder: async ({ protocol, port }) =>
    (await runQuick("ss", [protocol === "udp" ? "-Hlunp" : "-Hltnp", `sport = :${port}`])).output,
};
