import { closeSync, constants, createReadStream, fstatSync, openSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants as zlib, createZstdDecompress } from "node:zlib";
import { SandboxError } from "../../../base/errors.ts";
import { type ByteReader, EarlyEnd, readBytes } from "../copy/read-tar.ts";
import { Unsound } from "../copy/tar-header.ts";

/**
 * Reads the compressed data of an archive in pieces. The file is opened once, because its owner could replace it. A
 * link or a fifo is not opened: the file may be in another user's folder.
 */
export async function* readCompressed(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream("", { fd: openFile(file), highWaterMark: 1 << 17 });
  const decoder = createZstdDecompress({ params: { [zlib.ZSTD_d_windowLogMax]: windowLog }, chunkSize: 1 << 17 });
  const fed = pipeline(stream, passOneFrame, decoder);
  // The error is reported below, after the data that was read.
  fed.catch(() => undefined);
  try {
    for await (const chunk of decoder) yield chunk as Buffer;
    await fed;
  } finally {
    decoder.destroy();
    stream.destroy();
  }
}

function openFile(file: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: "there is no such file",
      ELOOP: "it is a link; name the file itself",
      EACCES: "you have no permission to read it",
    };
    throw new SandboxError(`${file}: ${reasons[code] ?? `it cannot be opened: ${code}`}`, { cause: error });
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new SandboxError(`${file}: it is not a file`);
}

// The most output that a decoder must keep. export needs 2M, and the highest level without --ultra needs 8M.
export const windowLog = 23;
const largestWindow = 2 ** windowLog;
const largestBlock = 1 << 17;
const magic = 0xfd2fb528;

/**
 * Passes on one frame of zstd (RFC 8878, 3.1.1), and refuses data after it, which Node's decoder ignores. The blocks
 * are counted but not decoded.
 */
export async function* passOneFrame(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const bytes = readBytes(chunks);
  const need = async (length: number): Promise<Buffer> => {
    const data = await bytes.read(length);
    if (data === undefined) throw new EarlyEnd();
    return data;
  };
  const head = await need(5);
  if (head.readUInt32LE() !== magic) throw new Unsound("it is not compressed with zstd");
  const descriptor = head.readUInt8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  if ((descriptor & 0x0b) !== 0 || !hasChecksum) throw new Unsound("its compression is not the one that export uses");
  const sizeLength = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const rest = await need((isSingle ? 0 : 1) + sizeLength);
  if (windowOf(rest, isSingle, sizeLength) > largestWindow) throw new Unsound("its compression needs too much memory");
  yield Buffer.concat([head, rest]);
  for (let isLast = false; !isLast;) {
    const header = await need(3);
    const value = header.readUIntLE(0, 3);
    const [kind, size] = [(value >> 1) & 3, value >> 3];
    isLast = (value & 1) === 1;
    if (kind === 3 || size > largestBlock) throw new Unsound("its compression is damaged");
    const length = kind === 1 ? 1 : size;
    yield Buffer.concat([header, await need(length)]);
  }
  yield await need(4);
  await requireEnd(bytes);
}

// Node's compressor may write this second, empty frame after the first.
const emptyFrame = Buffer.from("28b52ffd240001000099e9d851", "hex");

async function requireEnd(bytes: ByteReader): Promise<void> {
  let count = 0;
  for (let byte = await bytes.read(1); byte !== undefined; byte = await bytes.read(1))
    if (byte[0] !== emptyFrame[count++]) throw new Unsound("there is data after its end");
  if (count !== 0 && count !== emptyFrame.length) throw new EarlyEnd();
}

// A frame with a single segment has no window: the decoder keeps all of it. A size of two bytes is 256 more, which is
// nothing beside the limit.
function windowOf(rest: Buffer, isSingle: boolean, sizeLength: number): number {
  if (!isSingle) return 2 ** (10 + (rest.readUInt8() >> 3)) * (1 + (rest.readUInt8() & 7) / 8);
  return sizeLength === 8 ? Number(rest.readBigUInt64LE()) : rest.readUIntLE(0, sizeLength);
}
