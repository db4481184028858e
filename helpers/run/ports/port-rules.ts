import type { Conf } from "../../../conf/conf.ts";
import { eachPort, kernelPorts, type Publish } from "../../../conf/values/publish.ts";
import { endOf } from "../network/filter-rules.ts";
import type { Link } from "./plan-ports.ts";

/** Elements of the maps and sets of units/ports.nft, as nft commands. */
export interface PortRules {
  /** What the link needs before it exists. */
  readonly link: string;
  /** What leads to the sandbox. */
  readonly open: string;
  /** Undoes `open`, if there is anything to undo. */
  readonly shut: string;
  /** Undoes both. */
  readonly close: string;
}

const table = "inet sandboxcontainer";

/** Renders what the kernel has to know about the link and the ports of a sandbox. */
export function renderPorts(conf: Conf, link: Link): PortRules {
  const ports = kernelPorts(conf).flatMap(eachPort);
  const own = link.addresses.map(({ sandbox: { family, text } }) => `own${family} { "${link.device}" . ${text} }`);
  const near = `own6 { "${link.device}" . ${linkLocal(link.mac)} }`;
  const proxied = conf.OnDemand
    ? link.addresses.flatMap(({ sandbox: { family, text } }) =>
        ports.filter(({ protocol }) => protocol === "tcp").map(({ port }) => `proxied${family} { ${text} . ${port} }`),
      )
    : [];
  const ends = link.addresses.map(({ sandbox: { family, text } }) => `ends${family} { ${text} }`);
  const before = [...own, near, ...ends, ...new Set(proxied)];
  const open = link.addresses.flatMap(({ sandbox: { family, text } }) =>
    ports.filter(reaches(family)).flatMap((port) => renderElements(port, family, `${text} . ${port.port}`)),
  );
  const counter = conf.IdleStopSec === undefined ? undefined : `${table} ${link.device}`;
  const lines = (verb: string, elements: readonly string[]): string =>
    elements.map((element) => `${verb} element ${table} ${element}\n`).join("");
  const count = [`counted { "${link.device}" : "${link.device}" }`];
  // An element must be there to be deleted.
  const remove = (elements: readonly string[]): string => lines("add", elements) + lines("delete", elements);
  return {
    link: lines("add", before) + (counter === undefined ? "" : `add counter ${counter}\n${lines("add", count)}`),
    open: lines("add", open),
    shut: remove(open),
    close:
      remove([...before, ...open]) +
      (counter === undefined ? "" : `add counter ${counter}\n${remove(count)}delete counter ${counter}\n`),
  };
}

const reaches =
  (family: 4 | 6) =>
  ({ address }: Publish): boolean =>
    address === undefined || address.startsWith("[") === (family === 6);

// The unspecified address stands for all of its family.
function renderElements({ address, hostPort, protocol }: Publish, family: 4 | 6, target: string): readonly string[] {
  const bare = address?.replaceAll(/[[\]]/g, "");
  const isAny = bare === undefined || bare === "0.0.0.0" || bare === "::";
  const [map, set, place] = isAny ? ["ports", "datagrams", ""] : ["at", "datagrams-at", `${bare} . `];
  return [
    `${map}${family} { ${place}${protocol} . ${hostPort} : ${target} }`,
    ...(protocol === "udp" ? [`${set}${family} { ${place}${hostPort} }`] : []),
  ];
}

const linkLocal = (mac: string): string => `fe80${endOf(mac)}`;
