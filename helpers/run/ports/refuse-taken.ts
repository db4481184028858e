import { readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { fromBits, isInSubnet, parseIpAddress, type Subnet } from "../../../conf/values/network.ts";
import { type Listener, listListeners } from "../../host/network/listeners.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { findHolder } from "../launch/require-ready.ts";
import type { Link } from "./plan-ports.ts";

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

/** A route of the host that is not the default one. */
export interface HostRoute {
  readonly to: Subnet;
  readonly device: string;
}

/** Throws a SandboxError if the host already reaches the addresses of a link in another way. */
export function refuseRoutes(name: SandboxName, link: Pick<Link, "device" | "addresses">, routes = readRoutes()): void {
  const clash = routes.find(
    ({ to, device }) =>
      device !== link.device &&
      link.addresses.some(({ sandbox }) => isInSubnet(sandbox, to) || isInSubnet(to, sandbox)),
  );
  if (clash === undefined) return;
  throw new SandboxError(
    `the link of ${name} would have an address of ${clash.to.text}/${clash.to.prefix}, which this host reaches by ${clash.device}`,
    { hint: `Choose another subnet for links: LinkRange= in a file of /etc/sandboxcontainer/defaults.conf.d` },
  );
}

const readRoutes = (): readonly HostRoute[] => [
  ...parseRoutes(orMissing(() => readFileSync("/proc/net/route", "utf8")) ?? ""),
  ...parseRoutes6(orMissing(() => readFileSync("/proc/net/ipv6_route", "utf8")) ?? ""),
];

/** Parses /proc/net/route: `DEVICE TO GATEWAY FLAGS … MASK …`, in words of this machine's byte order. */
export const parseRoutes = (text: string): readonly HostRoute[] =>
  [...text.matchAll(/^(\S+)\t([0-9A-F]{8})\t[0-9A-F]{8}(?:\t\S+){4}\t([0-9A-F]{8})/gm)].flatMap(
    ([, device = "", to = "", mask = ""]) => {
      const prefix = parseInt(mask, 16).toString(2).replaceAll("0", "").length;
      const bytes = to.replaceAll(/(..)(..)(..)(..)/g, "$4$3$2$1");
      return prefix === 0 ? [] : [{ to: { ...fromBits(4, BigInt(`0x${bytes}`)), prefix }, device }];
    },
  );

/** Parses /proc/net/ipv6_route: `TO PREFIX FROM PREFIX VIA METRIC REFERENCES USE FLAGS DEVICE`. */
export const parseRoutes6 = (text: string): readonly HostRoute[] =>
  [...text.matchAll(/^([0-9a-f]{32}) ([0-9a-f]{2}) .* (\S+)$/gm)].flatMap(([, to = "", digits = "", device = ""]) => {
    const prefix = parseInt(digits, 16);
    return prefix === 0 || device === "lo" ? [] : [{ to: { ...fromBits(6, BigInt(`0x${to}`)), prefix }, device }];
  });
