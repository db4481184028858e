import { type IpAddress, toBits } from "../../../conf/values/network.ts";
import { calls } from "../process/calls.ts";

/** NETLINK_ROUTE and NETLINK_SOCK_DIAG in linux/netlink.h. */
export const protocols = { route: 0, sockets: 4 } as const;

/** What a request is for (linux/netlink.h): each wants an answer; `list` wants all that there are. */
export const wants = { change: 0x005, add: 0x605, append: 0xc05, list: 0x301 } as const;

/** The kernel's numbers of families: AF_INET and AF_INET6. */
export const families = { 4: 2, 6: 10 } as const;

const header = 16;
const pad = (part: Buffer): Buffer => Buffer.concat([part, Buffer.alloc(-part.length & 3)]);

/** A message of netlink(7). Numbers have this machine's byte order. */
export function request(type: number, flags: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts.map(pad));
  const head = Buffer.alloc(header);
  head.writeUInt32LE(header + body.length, 0);
  head.writeUInt16LE(type, 4);
  head.writeUInt16LE(flags, 6);
  return Buffer.concat([head, body]);
}

/** An attribute of a message; several values are attributes within it, or a structure before these. */
export function attribute(type: number, ...values: readonly Buffer[]): Buffer {
  const value = Buffer.concat(values.length === 1 ? values : values.map(pad));
  const head = Buffer.alloc(4);
  head.writeUInt16LE(head.length + value.length, 0);
  head.writeUInt16LE(type, 2);
  return Buffer.concat([head, value]);
}

export const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
export const text = (value: string): Buffer => Buffer.from(`${value}\0`);

export function number(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

export const address = (value: IpAddress): Buffer =>
  Buffer.from(
    toBits(value)
      .toString(16)
      .padStart(value.family === 4 ? 8 : 32, "0"),
    "hex",
  );

/**
 * Sends a request in a network, an open namespace or that of this process, and returns what each answer has after its header. Throws
 * what the kernel refused.
 */
export function ask(network: number | "own", protocol: number, message: Buffer): readonly Buffer[] {
  const answers = calls().askKernel(network === "own" ? -1 : network, protocol, message);
  const found: Buffer[] = [];
  for (let at = 0; at + header <= answers.length; at += (answers.readUInt32LE(at) + 3) & ~3)
    found.push(answers.subarray(at + header, at + answers.readUInt32LE(at)));
  return found;
}
