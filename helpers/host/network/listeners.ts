import { closeSync, openSync, readSync } from "node:fs";
import { fromBits, type IpAddress } from "../../../conf/values/network.ts";

/** A socket that waits for clients: it listens (TCP), or is connected to nobody (UDP). */
export interface Listener {
  readonly address: IpAddress;
  readonly port: number;
}

/** Whether only processes of the same network can reach it. */
export const isLocal = ({ address: { text } }: Listener): boolean => /^(?:127\.|::1$|::ffff:7f..:)/.test(text);

// TCP_LISTEN and TCP_CLOSE in the kernel's tcp_states.h. UDP uses the latter for sockets without a peer.
const states = { tcp: "0A", udp: "07" } as const;

/** Lists them in the network of a process; empty if it has ended. `self` is the host's network. */
export const listListeners = (pid: number | "self", protocol: "tcp" | "udp"): readonly Listener[] =>
  [protocol, `${protocol}6`].flatMap((file) => parseListeners(readTable(`/proc/${pid}/net/${file}`), protocol));

/** Parses /proc/net/tcp, tcp6, udp or udp6 (proc_pid_net(5)). Its addresses are words of this machine's byte order. */
export const parseListeners = (text: string, protocol: "tcp" | "udp"): readonly Listener[] =>
  [...text.matchAll(/^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:0000 ([0-9A-F]{2}) /gm)]
    .filter(([, , , state]) => state === states[protocol])
    .map(([, address = "", port = ""]) => ({ address: parseWords(address), port: parseInt(port, 16) }));

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
