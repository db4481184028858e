import { type ByteReader, EarlyEnd, readBytes } from "../copy/byte-reader.ts";
import { Unsound } from "../copy/tar-header.ts";

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
