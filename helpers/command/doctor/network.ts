import { type Check, type Host, ok, warning } from "./check.ts";

// In this XML namespace libvirt passes options to dnsmasq unchanged (https://libvirt.org/formatnetwork.html).
const xmlns = "xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'";
const option = "<dnsmasq:options><dnsmasq:option value='dhcp-ignore-clid'/></dnsmasq:options>";

/**
 * Checks that libvirt's DHCP servers identify clients by their hardware address, which our rules check, and not by a
 * name that the client chooses.
 */
export const checkDhcp: Check = async (host) => {
  const networks = host.sandboxes.dhcpNetworks;
  const found = await Promise.all(
    networks.map(async (network) => ((await trustsNames(host, network)) ? [network] : [])),
  );
  const [first, ...more] = found.flat();
  if (first === undefined) return ok("DHCP", "no libvirt network gives a sandbox more than one address");
  return warning(
    "DHCP",
    `a sandbox can take many addresses from these libvirt networks: ${[first, ...more].join(", ")}`,
    `virsh net-edit ${first}: write <network ${xmlns}>, and ${option} before </network>. ` +
      `Then stop its sandboxes and run: virsh net-destroy ${first} && virsh net-start ${first}`,
  );
};

// A network that does not exist, or has no DHCP for IPv4, trusts no names.
async function trustsNames({ run }: Host, network: string): Promise<boolean> {
  const xml = (await run("virsh", "--connect", "lxc:///system", "net-dumpxml", network)) ?? "";
  return xml.includes("<dhcp>") && !/<dnsmasq:option\s+value=(['"])dhcp-ignore-clid\1/.test(xml);
}
