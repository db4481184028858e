import type { Bed } from "./bed.ts";

/** A machine beside the bed's host, whose only way is this host. */
export const client = { name: "client", ipv4: "192.0.2.9", ipv6: "2001:db8:5::9" } as const;
/** The host's addresses on the way to it. */
export const host = { ipv4: "192.0.2.1", ipv6: "2001:db8:5::1" } as const;

const run = `ip netns exec ${client.name}`;

/** Makes it, as a network namespace. */
export async function makeClient(bed: Bed): Promise<void> {
  await removeClient(bed);
  const script = `ip netns add ${client.name}
ip link add to-client type veth peer name eth0 netns ${client.name}
ip addr add ${host.ipv4}/24 dev to-client; ip addr add ${host.ipv6}/64 dev to-client nodad; ip link set to-client up
${run} ip link set lo up; ${run} ip link set eth0 up
${run} ip addr add ${client.ipv4}/24 dev eth0; ${run} ip addr add ${client.ipv6}/64 dev eth0 nodad
${run} ip route add default via ${host.ipv4}; ${run} ip route add default via ${host.ipv6}`;
  await bed.run("sh", "-ec", script);
  await bed.run("sh", "-c", `until ${run} ping -c1 -W1 ${host.ipv6} >/dev/null; do :; done`);
}

export async function removeClient(bed: Bed): Promise<void> {
  await bed.try("sh", "-c", `ip link delete to-client; ip netns delete ${client.name}`);
}

/** Runs a script of sh there. */
export const onClient = (bed: Bed, script: string): Promise<string> =>
  bed.run("ip", "netns", "exec", client.name, "sh", "-c", script);
