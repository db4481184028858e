import { ValueError } from "../../../generator/conf/values/value-error.ts";
import type { SettingLine } from "./request.ts";

/**
 * Parses the value of `--network`: a value of Network=, or a list in the form of virt-sandbox-service, such as
 * `dhcp,source=default` or `source=default,address=192.0.2.5/24,route=198.51.100.0/24%192.0.2.1,mac=52:54:00:00:00:01`.
 * Throws a ValueError.
 */
export function parseNetworkOption(text: string): readonly SettingLine[] {
  if (!/^dhcp$|[,=]/.test(text)) return [{ key: "Network", value: text }];
  const lines = text.split(",").map(parsePart);
  // virt-sandbox-service also used libvirt's default network by default.
  return lines.some(({ key }) => key === "Network") ? lines : [{ key: "Network", value: "default" }, ...lines];
}

function parsePart(part: string): SettingLine {
  if (part === "dhcp") return { key: "Address", value: "dhcp" };
  const [, name = "", value = ""] = /^([a-z]+)=(.+)$/.exec(part) ?? [];
  if (name === "source") return { key: "Network", value };
  if (name === "mac") return { key: "MacAddress", value };
  if (name === "route") return { key: "Route", value: value.replace("%", " via ") };
  // The broadcast address after the % follows from the subnet.
  if (name === "address") return { key: "Address", value: value.replace(/%.*$/, "") };
  throw new ValueError(`\`${part}\` is not dhcp, source=, address=, route= or mac=`);
}
