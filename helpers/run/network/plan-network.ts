import type { Conf } from "../../../generator/conf/conf.ts";
import type { StartNetwork } from "../plan/start-plan.ts";
import { renderFilter } from "./filter-rules.ts";
import type { Interface } from "./plan-interface.ts";

/** Plans what setUpNetwork does at a start; null for a sandbox without a network of the conf. */
export function planNetwork(conf: Conf, nic: Interface | null): StartNetwork | null {
  if (conf.Network.kind === "host") return { kind: "host" };
  if (nic === null) return null;
  const { kind, network, device, dhcp, addresses } = nic;
  return {
    ...{ kind, network, device, dhcp, addresses: addresses.map(({ text }) => text) },
    rules: nic.filter === undefined ? renderFilter(nic) : null,
    servers: conf.DNS.length === 0 ? null : conf.DNS.map(({ text }) => `nameserver ${text}\n`).join(""),
  };
}
