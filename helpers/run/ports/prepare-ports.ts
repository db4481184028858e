import type { Conf, Publish } from "../../../generator/conf/conf.ts";
import { groupPorts, isByKernel, kernelPorts, listenUnit } from "../../../generator/conf/publish-groups.ts";
import { eachPort } from "../../../generator/conf/values/parse-publish.ts";
import type { Link } from "./plan-link.ts";
import { renderPorts } from "./port-rules.ts";
import { renderStartLink } from "./start-link.ts";

/**
 * Writes the files about ports that a start needs:
 *   sockets      of ports that systemd listens on: `UNIT tcp PORT`
 *   awaited      the ports inside, one of which has to listen before a start on demand is done: `tcp PORT`
 * And those of setUpPorts, which a sandbox without a link has not:
 *   link                see start-link.ts
 *   nft-link, nft-open, nft-shut, nft-close    see port-rules.ts
 *   taken               the ports that no program of the host may have, see renderTaken
 */
export function preparePorts(conf: Conf, link: Link | null, put: (file: string, text: string) => void): void {
  put("sockets", listSockets(conf));
  put("awaited", conf.OnDemand ? listAwaited(conf) : "");
  if (link === null) return;
  const rules = renderPorts(conf, link);
  put("link", renderStartLink(link));
  put("nft-link", rules.link);
  put("nft-open", rules.open);
  put("nft-shut", rules.shut);
  put("nft-close", rules.close);
  // On demand systemd listens there, so nobody else can.
  put("taken", conf.OnDemand ? "" : renderTaken(conf));
}

/** The ports of the host that lead to a sandbox: a line `tcp PORT ADDRESS` for each; `*` stands for all addresses. */
export const renderTaken = (conf: Conf): string =>
  kernelPorts(conf)
    .flatMap(eachPort)
    .map(({ protocol, hostPort, address = "*" }) => `${protocol} ${hostPort} ${address}\n`)
    .join("");

const listSockets = (conf: Conf): string =>
  [
    ...groupPorts(conf).map(({ unit, protocol, hostPort }) => `${unit}.socket ${protocol} ${hostPort}\n`),
    ...conf.Listen.map(({ protocol, hostPort }) => `${listenUnit(conf.name)} ${protocol} ${hostPort}\n`),
  ].join("");

const listAwaited = (conf: Conf): string =>
  [...new Set(conf.Publish.flatMap(eachPort).map((port) => renderAwaited(conf, port)))].join("");

const renderAwaited = (conf: Conf, port: Publish): string =>
  `${port.protocol} ${port.port}${isByKernel(conf, port) ? " link" : ""}\n`;
