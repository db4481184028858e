import { type Check, failed, type Host, ok, warning } from "./check.ts";

const check = "ports";

/** Checks that clients can reach what the kernel leads to, and that the rules for it are there. */
export const checkPorts: Check = async (host) => {
  const { names, lost, local, shadowed } = host.sandboxes.ports;
  const [first] = names;
  if (first === undefined) return ok(check, "none that the kernel leads to");
  if ((await host.run("nft", "--version")) === undefined)
    return failed(
      check,
      `nft is missing, so ${describe(names)} cannot start`,
      "Install nftables, or set PublishBy=proxy in the conf",
    );
  if (lost.length > 0)
    return failed(
      check,
      `a firewall has removed rules of ${describe(lost)}: nobody reaches them, and their links have no walls`,
      "systemctl restart sandboxcontainer-ports",
    );
  const [hidden] = shadowed;
  if (hidden !== undefined) return warning(check, hidden, "Stop that program, or change Publish= in the conf");
  const dropping = await findDropping(host);
  if (dropping !== undefined)
    return warning(
      check,
      `${dropping} drops what is forwarded, perhaps also what leads to sandboxes`,
      `Let it accept \`ct status dnat\`; see sandboxcontainer-ports(7)`,
    );
  if (/^\s*StrictForwardPorts\s*=\s*yes/im.test(host.read("/etc/firewalld/firewalld.conf") ?? ""))
    return warning(
      check,
      "firewalld drops what leads to sandboxes: StrictForwardPorts=yes",
      "Set it to no in /etc/firewalld/firewalld.conf, and run: firewall-cmd --reload",
    );
  const [unreached] = local;
  if (unreached !== undefined) return warning(check, unreached, "See sandboxcontainer-ports(7)");
  return ok(check, `the kernel leads to ${describe(names)}`);
};

const describe = ([first = "", ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`;

/** A chain of somebody else that drops forwarded packets, unless it accepts those that a port leads to. */
async function findDropping({ run }: Host): Promise<string | undefined> {
  const ruleset = (await run("nft", "list", "ruleset")) ?? "";
  for (const table of ruleset.split(/^(?=table )/m)) {
    const chains = table.split(/^(?=\tchain )/m);
    const chain = chains.find(
      (text) =>
        text.includes("hook forward") && text.includes("policy drop;") && !/ct status .*dnat.* accept/.test(text),
    );
    const name = /^\tchain (\S+)/.exec(chain ?? "")?.[1];
    if (name !== undefined) return `the chain ${name} of nft's ${/^table (\w+ \S+)/.exec(table)?.[1] ?? "table"}`;
  }
  return undefined;
}

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
