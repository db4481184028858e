import type { Conf } from "../../../generator/conf/conf.ts";
import { renderFilter } from "./filter-rules.ts";
import type { Interface } from "./network-plan.ts";

/**
 * What `network` needs at a start of a sandbox that has more than a loopback; of one that has not there are no such files:
 *   network             `libvirt NETWORK DEVICE dhcp`, `bridge BRIDGE DEVICE static ADDRESS…`, or `host`
 *   filter, unfilter    rules for nft, unless the conf wants others
 *   servers             the resolv.conf of DNS=
 */
export function prepareNetwork(conf: Conf, nic: Interface | null, put: (file: string, text: string) => void): void {
  if (conf.Network.kind === "host") put("network", "host\n");
  if (nic === null) return;
  put(
    "network",
    `${nic.kind} ${nic.network} ${nic.device} ${nic.dhcp ? "dhcp" : ["static", ...nic.addresses.map(({ text }) => text)].join(" ")}\n`,
  );
  if (nic.filter === undefined) {
    const { load, unload } = renderFilter(nic);
    put("filter", load);
    put("unfilter", unload);
  }
  if (conf.DNS.length > 0) put("servers", conf.DNS.map(({ text }) => `nameserver ${text}\n`).join(""));
}
