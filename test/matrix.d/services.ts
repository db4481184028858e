import { basename } from "node:path";

/** A line of a list: a Debian package, the unit to put into a sandbox, and a probe that shows whether it works. */
export interface Service {
  readonly package: string;
  readonly unit: string;
  /** Whether the probe runs in the sandbox, or with the host's programs in the sandbox's network. */
  readonly place: "inside" | "outside";
  /** A bash script with the service's address in IP. Status 0 means that the service works. */
  readonly probe: string;
  /** Packages that the probe needs. */
  readonly clients: readonly string[];
  /** TCP ports that it opens to everyone. */
  readonly ports: readonly number[];
  /** The value of Network= for a service that does not run with only a loopback. */
  readonly network: string | null;
}

const columns = ["package", "unit", "place", "probe", "probe-client-pkg", "listen"] as const;

/**
 * Parses a list of services. Its first line names the columns; tabs separate them. A column `network` is optional, and
 * other columns are for people.
 */
export function parseServices(text: string, path: string): readonly Service[] {
  const [header = "", ...lines] = text.split("\n");
  const names = header.split("\t");
  const indexes = columns.map((column) => names.indexOf(column));
  const missing = columns.find((_, index) => indexes[index] === -1);
  const networkAt = names.indexOf("network");
  if (missing !== undefined) throw new Error(`${path}:1: there is no column ${missing}`);
  return lines.flatMap((line, index) => {
    if (line === "" || line.startsWith("#")) return [];
    const fields = line.split("\t");
    const [name = "", unit = "", place = "", probe = "", clients = "", listen = ""] = indexes.map((at) => fields[at]);
    if (name === "" || unit === "" || probe === "" || (place !== "inside" && place !== "outside")) {
      throw new Error(`${basename(path)}:${index + 2}: expected a package, a unit, inside or outside, and a probe`);
    }
    // Empty fields at the end may be missing.
    const network = fields[networkAt] ?? "";
    return [
      {
        ...{ package: name, unit, place, probe, clients: clients.match(/[^\s,]+/g) ?? [], ports: readPorts(listen) },
        network: network === "" ? null : network,
      },
    ];
  });
}

// Such as `53/udp,53/tcp,953/tcp(lo)`.
const readPorts = (listen: string): readonly number[] => [
  ...new Set([...listen.matchAll(/\b(\d+)\/tcp(?!\(lo\))/g)].map(([, port]) => Number(port))),
];
