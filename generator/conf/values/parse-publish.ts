import { parseIpAddress } from "./parse-address.ts";
import { ValueError } from "./value-error.ts";

/** A port of the host that leads to a TCP port of the sandbox. */
export interface Publish {
  /** IPv6 is in brackets. undefined means all IPv4 and IPv6 addresses of the host. */
  readonly address: string | undefined;
  readonly hostPort: number;
  readonly port: number;
  readonly protocol: "tcp";
}

// Whether it is an address, canonicalAddress says.
const form = /^(?:(\[[0-9A-Fa-f:.]+\]|[\d.]+):)?(\d{1,5}):(\d{1,5})(?:\/tcp)?$/;

/** Parses `[ADDRESS:]HOSTPORT:PORT`. Throws a ValueError. */
export function parsePublish(text: string): Publish {
  if (text.endsWith("/udp")) {
    throw new ValueError(
      "UDP has no connections to pass on: give the sandbox its own address (Network=), or pass the socket to a service that accepts one (Listen=)",
    );
  }
  const [, address, hostPort = "", port = ""] = form.exec(text) ?? [];
  const canonical = address === undefined ? undefined : canonicalAddress(address);
  if (isPort(hostPort) && isPort(port) && canonical !== null) {
    return { address: canonical, hostPort: Number(hostPort), port: Number(port), protocol: "tcp" };
  }
  throw new ValueError("expected [ADDRESS:]HOSTPORT:PORT, such as 8080:80, 127.0.0.1:8080:80 or [::1]:8080:80");
}

/** A published port as a conf spells it. */
export const describePublish = ({ address, hostPort, port }: Publish): string =>
  `${address === undefined ? "" : `${address}:`}${hostPort}:${port}`;

/** Whether only processes of the host can connect. */
export const isOnLoopback = ({ address }: Publish): boolean =>
  address !== undefined && (address === "[::1]" || address.startsWith("127."));

/** A port of the host whose socket is passed to the sandbox. */
export interface Listen {
  /** IPv6 is in brackets. undefined means all IPv4 and IPv6 addresses of the host. */
  readonly address: string | undefined;
  readonly hostPort: number;
  readonly protocol: "tcp" | "udp";
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
    return family === 6 ? `[${text}]` : text;
  } catch {
    return null;
  }
}

/** Whether two listeners exclude each other: a wildcard covers all addresses of its family. */
export function publishSamePlace(one: Publish | Listen, other: Publish | Listen): boolean {
  if (one.hostPort !== other.hostPort || one.protocol !== other.protocol) return false;
  if (one.address === undefined || other.address === undefined || one.address === other.address) return true;
  return covers(one.address, other.address) || covers(other.address, one.address);
}

const covers = (wildcard: string, address: string): boolean =>
  wildcard === (address.startsWith("[") ? "[::]" : "0.0.0.0");
