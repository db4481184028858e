import { type IpAddress, toBits } from "../../../conf/values/network.ts";
import { listSockets, type Socket, states } from "./sockets.ts";

/** A socket that waits for clients: it listens (TCP), or is connected to nobody (UDP). */
export type Listener = Pick<Socket, "address" | "port">;

/** Whether only processes of the same network can reach it. */
export const isLocal = ({ address: { text } }: Listener): boolean => /^(?:127\.|::1$|::ffff:7f..:)/.test(text);

/** Lists them in the network of a process; empty if it has ended. `self` is the host's network. */
export const listListeners = (pid: number | "self", protocol: "tcp" | "udp"): readonly Listener[] =>
  listSockets(pid, protocol, [protocol === "tcp" ? states.listen : states.close]).filter(
    ({ peerPort }) => peerPort === 0,
  );

// In the others there is no connection, or all that was sent has been received.
const inUse = [
  states.established,
  states.synReceived,
  states.finWait1,
  states.closeWait,
  states.lastAck,
  states.closing,
];

/** Whether a client of one of these addresses, in the network of a process, is connected, or has not received all yet. */
export function isConnected(pid: number, addresses: readonly IpAddress[]): boolean {
  const own = new Set(addresses.flatMap(({ family, text }) => placesOf(family, toBits({ family, text }))));
  return listSockets(pid, "tcp", inUse).some(({ address }) => own.has(toBits(address)));
}

// A socket of IPv6 has addresses of IPv4 too.
const placesOf = (family: 4 | 6, bits: bigint): readonly bigint[] =>
  family === 4 ? [bits, (0xffffn << 32n) | bits] : [bits];
