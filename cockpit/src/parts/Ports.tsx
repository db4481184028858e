import { _, fill } from "../text.ts";
import type { Port } from "../host/types.ts";
import { urlOf } from "./url-of.ts";

/** Published ports. Those of TCP are links. */
export function Ports({ ports }: { readonly ports: readonly Port[] }) {
  if (ports.length === 0) return <>—</>;
  return (
    <>
      {ports.map((port) => (
        <span className="port" key={`${port.address ?? ""}:${port.port}/${port.protocol}`}>
          {port.protocol === "tcp" ? (
            <a
              href={urlOf(port)}
              target="_blank"
              rel="noopener noreferrer"
              aria-label={fill("Port $0, leads to port $1 inside", port.port, port.inside)}
            >
              {port.port}
            </a>
          ) : (
            <span title={_("UDP")}>{port.port}/udp</span>
          )}
        </span>
      ))}
    </>
  );
}
