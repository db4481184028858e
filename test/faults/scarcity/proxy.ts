// proxy PROTOCOL MODE SOCKET SERVER: passes on what clients and a server on Unix sockets say, and spoils what the server
// answers. Runs in a bed.
import { createServer, createConnection, type Socket } from "node:net";

/** The length of the first message of an answer; undefined if it is not all there yet. */
type Measure = (bytes: Buffer) => number | undefined;

/** What becomes of a message that the server sends. */
type Spoil = (message: Buffer, client: Socket) => void;

const protocols: Readonly<Record<string, Measure>> = {
  // libvirt's messages begin with their length (virnetprotocol.x).
  libvirt: (bytes) => (bytes.length < 4 ? undefined : bytes.readUInt32BE(0)),
  // Those of D-Bus have two lengths, and lines come before (D-Bus specification, "Message Format").
  dbus: (bytes) => {
    if (bytes[0] !== 0x6c) return isLine(bytes) ? bytes.indexOf("\n") + 1 : undefined;
    return bytes.length < 16 ? undefined : 16 + Math.ceil(bytes.readUInt32LE(12) / 8) * 8 + bytes.readUInt32LE(4);
  },
};

const isLine = (bytes: Buffer): boolean => bytes[0] !== 0x6c && bytes.includes("\n");

const modes: Readonly<Record<string, Spoil>> = {
  late: (message, client) => void setTimeout(() => client.write(message), 1000),
  twice: (message, client) => {
    for (const each of isLine(message) ? [message] : [message, message]) client.write(each);
  },
  nonsense: (message, client) => {
    client.write(isLine(message) ? message : Buffer.alloc(message.length, "nonsense"));
  },
  never: () => undefined,
  cut: (_message, client) => void client.destroy(),
};

const [protocol = "", mode = "", path, server = ""] = process.argv.slice(2);
const [measure, spoil] = [protocols[protocol], modes[mode]];
if (measure === undefined || spoil === undefined) throw new Error(`there is no ${protocol} or no ${mode}`);

createServer((client) => {
  const upstream = createConnection(server);
  client.pipe(upstream);
  for (const [one, other] of [
    [client, upstream],
    [upstream, client],
  ] as const)
    one.on("error", () => undefined).on("close", () => other.destroy());
  let bytes = Buffer.alloc(0);
  upstream.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let length = measure(bytes); length !== undefined && length <= bytes.length; length = measure(bytes)) {
      spoil(bytes.subarray(0, length), client);
      bytes = bytes.subarray(length);
    }
  });
}).listen(path);
