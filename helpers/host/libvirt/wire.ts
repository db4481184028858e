import { closeSync, existsSync, read, writeSync } from "node:fs";
import { promisify } from "node:util";
import { calls } from "../process/calls.ts";
import { reasonOf } from "./libvirt.ts";

/**
 * What a start needs of libvirt's protocol. The client library that speaks all of it takes longer to load than a start has to
 * wait for these four messages. Sources: `docs/kbase/internals/rpc.rst` and `src/remote/remote_protocol.x` in libvirt; XDR is RFC
 * 4506.
 */
export interface Wire {
  /**
   * Makes a domain, whose PID 1 gets these descriptors from 3 on. Resolves to its XML; undefined if it has ended already.
   * Rejects with a WireError.
   */
  readonly createDomain: (xml: string, files: readonly number[]) => Promise<string | undefined>;
}

/**
 * Why there is no result. `away`: nobody listens. `unsent`: the connection had ended before the request. `ended`: it ended before the
 * answer. `refused`: libvirt's own message. `foreign`: libvirt does not speak as we do.
 */
export class WireError extends Error {
  readonly kind: "away" | "unsent" | "ended" | "refused" | "foreign";

  constructor(kind: WireError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

// remote_protocol.x, and the types of virnetprotocol.x.
const program = 0x20008086;
const procedures = { open: 1, create: 10, describe: 14, listAuthentication: 66, createWithFiles: 309 } as const;
const types = { call: 0, reply: 1, message: 2, callWithFiles: 4 } as const;
const noAuthentication = 0;

/** The socket of the daemon for LXC, or of the one daemon for everything. */
export const wireSocket = (): string =>
  existsSync("/run/libvirt/virtlxcd-sock") ? "/run/libvirt/virtlxcd-sock" : "/run/libvirt/libvirt-sock";

/** Connects to libvirt's LXC driver. Rejects with a WireError. */
export async function openWire(path = wireSocket()): Promise<Wire> {
  const socket = connectTo(path);
  try {
    const call = speak(socket);
    // It must have answered before it takes anything else.
    const authentication = await call(procedures.listAuthentication, []);
    if (authentication.readUInt32BE(0) !== 1 || authentication.readUInt32BE(4) !== noAuthentication)
      throw new WireError("foreign", "it asks who we are");
    await call(procedures.open, [numbers(1), text("lxc:///system"), numbers(0)]);
    return { createDomain: (xml, files) => createDomain(call, xml, files) };
  } catch (error) {
    closeSync(socket);
    throw error;
  }
}

function connectTo(path: string): number {
  try {
    return calls().connectTo(path);
  } catch (error) {
    throw new WireError("away", `Failed to connect socket to '${path}': ${reasonOf(error)}`);
  }
}

type Call = (procedure: number, values: readonly Buffer[], files?: readonly number[]) => Promise<Buffer>;

async function createDomain(call: Call, xml: string, files: readonly number[]): Promise<string | undefined> {
  const values = [text(xml), numbers(0)];
  const domain =
    files.length === 0
      ? await call(procedures.create, values)
      : await call(procedures.createWithFiles, [numbers(files.length), ...values], files);
  try {
    return readText(await call(procedures.describe, [domain, numbers(0)]));
  } catch {
    return undefined;
  }
}

/** Sends calls one after the other, each with the next number. */
function speak(socket: number): Call {
  let serial = 0;
  const readMessage = openReader(socket);
  return async (procedure, values, files = []) => {
    serial += 1;
    const body = Buffer.concat(values);
    const type = files.length === 0 ? types.call : types.callWithFiles;
    send(socket, Buffer.concat([numbers(28 + body.length, program, 1, procedure, type, serial, 0), body]), files);
    for (;;) {
      const message = await readMessage();
      const [, , replied, kind, number, status] = Array.from({ length: 6 }, (_, at) => message.readUInt32BE(4 * at));
      if (kind === types.message) continue;
      if (replied !== procedure || kind !== types.reply || number !== serial)
        throw new WireError("foreign", "its answer is to something else");
      if (status !== 0) throw new WireError("refused", readRefusal(message.subarray(24)));
      return message.subarray(24);
    }
  };
}

function send(socket: number, message: Buffer, files: readonly number[]): void {
  try {
    for (let sent = 0; sent < message.length;) sent += writeSync(socket, message, sent);
    for (const file of files) calls().sendFile(socket, file);
  } catch (error) {
    throw new WireError("unsent", `Cannot write data: ${reasonOf(error)}`);
  }
}

const readSome = promisify(read);

/** Reads one message after the other, without its length. */
function openReader(socket: number): () => Promise<Buffer> {
  const fill = async (length: number): Promise<Buffer> => {
    const into = Buffer.alloc(length);
    for (let filled = 0; filled < length;) {
      const { bytesRead } = await readSome(socket, into, filled, length - filled, null).catch((error: unknown) => {
        throw new WireError("ended", `Cannot recv data: ${reasonOf(error)}`);
      });
      // As libvirt's own client says it.
      if (bytesRead === 0) throw new WireError("ended", "End of file while reading data: Input/output error");
      filled += bytesRead;
    }
    return into;
  };
  return async () => {
    const length = (await fill(4)).readUInt32BE();
    // Longer than libvirt's longest, or without room for a header.
    if (length < 28 || length > 32 * 1024 * 1024) throw new WireError("foreign", `a message of ${length} bytes`);
    return fill(length - 4);
  };
}

const numbers = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
  return bytes;
};

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([numbers(bytes.length), bytes, Buffer.alloc(-bytes.length & 3)]);
}

const readText = (bytes: Buffer): string => bytes.toString("utf8", 4, 4 + bytes.readUInt32BE(0));

// Its code, its domain, and a message if there is one.
const readRefusal = (bytes: Buffer): string =>
  bytes.readUInt32BE(8) === 0 ? "it does not say why" : readText(bytes.subarray(12));
