import type { Port } from "../host/types.ts";

// Browsers write the address of a host with colons in brackets.
const bracket = (host: string): string => (host.includes(":") && !host.startsWith("[") ? `[${host}]` : host);

/** Where a browser reaches a port: at the address it is published on, else at the host of this page. */
export function urlOf({ address, port, inside }: Port, host = window.location.hostname): string {
  const isEverywhere = address === null || ["0.0.0.0", "::", "[::]"].includes(address);
  return `${[443, 8443].includes(inside) ? "https" : "http"}://${bracket(isEverywhere ? host : address)}:${port}/`;
}
