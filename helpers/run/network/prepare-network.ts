import type { Conf } from "../../../generator/conf/conf.ts";
import { renderFilter } from "./filter-rules.ts";
import type { Interface } from "./network-plan.ts";
import { renderStartNetwork } from "./start-network.ts";

/**
 * Writes the files that setUpNetwork needs at a start. A sandbox with only a loopback has none of them:
 *   network             see start-network.ts
 *   filter, unfilter    rules for nft, unless the conf wants others
 *   servers             the resolv.conf of DNS=
 */
export function prepareNetwork(conf: Conf, nic: Interface | null, put: (file: string, text: string) => void): void {
  if (conf.Network.kind === "host") put("network", renderStartNetwork({ kind: "host" }));
  if (nic === null) return;
  put("network", renderStartNetwork({ ...nic, addresses: nic.addresses.map(({ text }) => text) }));
  if (nic.filter === undefined) {
    const { load, unload } = renderFilter(nic);
    put("filter", load);
    put("unfilter", unload);
  }
  if (conf.DNS.length > 0) put("servers", conf.DNS.map(({ text }) => `nameserver ${text}\n`).join(""));
}
