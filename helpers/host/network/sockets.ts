import { closeSync, openSync, readSync } from "node:fs";
import { orMissing } from "../../../base/files.ts";
import { fromBits, type IpAddress } from "../../../conf/values/network.ts";
import { isRefusal } from "../process/calls.ts";
import { ask, bytes, families, number, protocols, request, wants } from "./netlink.ts";

/** Its own address and port, and the port of its peer: 0 without one. */
export interface Socket {
  readonly address: IpAddress;
  readonly port: number;
  readonly peerPort: number;
}

/** Those of TCP in the kernel's tcp_states.h. Sockets of UDP without a peer have `close`. */
export const states = {
  established: 1,
  synReceived: 3,
  finWait1: 4,
  close: 7,
  closeWait: 8,
  lastAck: 9,
  listen: 10,
  closing: 11,
} as const;

type State = (typeof states)[keyof typeof states];

/**
 * Lists those in the network of a process that have one of these states; empty if it has ended. `self` is the host's network. For the
 * tables in /proc the kernel goes through all places that a connection could have, which takes ten milliseconds, so they are for kernels
 * without sock_diag(7).
 */
export function listSockets(
  pid: number | "self",
  protocol: "tcp" | "udp",
  wanted: readonly State[],
): readonly Socket[] {
  try {
    return inNetwork(pid, (network) => askSockets(network, protocol, wanted));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return [protocol, `${protocol}6`].flatMap((file) => parseSockets(readTable(`/proc/${pid}/net/${file}`), wanted));
  }
}

function inNetwork<Result>(
  pid: number | "self",
  use: (network: number | "own") => readonly Result[],
): readonly Result[] {
  if (pid === "self") return use("own");
  const network = orMissing(() => openSync(`/proc/${pid}/ns/net`, "r"));
  if (network === undefined) return [];
  try {
    return use(network);
  } finally {
    closeSync(network);
  }
}

// The message SOCK_DIAG_BY_FAMILY, IPPROTO_TCP, and IPPROTO_UDP.
const [byFamily, numbers] = [20, { tcp: 6, udp: 17 }] as const;

const askSockets = (network: number | "own", protocol: "tcp" | "udp", wanted: readonly State[]): readonly Socket[] =>
  ([4, 6] as const).flatMap((family) => {
    // struct inet_diag_req_v2: a set of states, and no certain socket.
    const what = [
      bytes(families[family], numbers[protocol], 0, 0),
      number(wanted.reduce((set, state) => set | (1 << state), 0)),
      Buffer.alloc(48),
    ];
    return ask(network, protocols.sockets, request(byFamily, wants.list, ...what)).flatMap(readSocket);
  });

/** Reads struct inet_diag_msg. The last answer is the end of the list, and shorter. */
function readSocket(answer: Buffer): readonly Socket[] {
  if (answer.length < 72) return [];
  const [family, size] = answer[0] === families[4] ? [4 as const, 4] : [6 as const, 16];
  const own = answer.toString("hex", 8, 8 + size);
  return [
    {
      address: fromBits(family, BigInt(`0x${own}`)),
      port: answer.readUInt16BE(4),
      peerPort: answer.readUInt16BE(6),
    },
  ];
}

/** Parses /proc/net/tcp, tcp6, udp or udp6 (proc_pid_net(5)). Its addresses are words of this machine's byte order. */
export const parseSockets = (text: string, wanted: readonly State[]): readonly Socket[] =>
  [...text.matchAll(/^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:([0-9A-F]{4}) ([0-9A-F]{2}) /gm)]
    .filter(([, , , , state = ""]) => wanted.some((each) => each === parseInt(state, 16)))
    .map(([, address = "", port = "", peerPort = ""]) => ({
      address: parseWords(address),
      port: parseInt(port, 16),
      peerPort: parseInt(peerPort, 16),
    }));

function parseWords(words: string): IpAddress {
  const bytes = words.replaceAll(/(..)(..)(..)(..)/g, "$4$3$2$1");
  return fromBits(bytes.length === 8 ? 4 : 6, BigInt(`0x${bytes}`));
}

// Sockets that listen come first, so the rest of a long table does not matter.
const table = Buffer.alloc(262_144);

function readTable(path: string): string {
  try {
    const opened = openSync(path, "r");
    try {
      let read = 0;
      // The kernel gives a page at a time.
      for (let count = -1; count !== 0 && read < table.length; read += count)
        count = readSync(opened, table, read, table.length - read, null);
      return table.toString("latin1", 0, read);
    } finally {
      closeSync(opened);
    }
  } catch {
    // The process has ended, or the kernel has no IPv6.
    return "";
  }
}
