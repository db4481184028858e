import { blockSize, Unsound } from "../copy/tar-header.ts";

/** A piece of a file that is not a hole, in bytes. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
}

// The limit for the numbers in front of a file with holes: some hundred thousand pieces.
const maxMap = 1 << 24;

/** The data of a file with holes: its pieces from the map in front, and then their bytes, one piece after another. */
export interface SparseData {
  readonly pieces: readonly Piece[];
  readonly data: AsyncGenerator<Buffer>;
}

/**
 * Reads GNU tar's format 1.0 of files with holes: the number of pieces, then offset and length of each, a line each,
 * padded to a block. `size` is the size in the archive, including the map, and `realSize` is the file's. Throws Unsound
 * if something is wrong, also if the map is longer than `longest`.
 */
export async function readSparse(
  chunks: AsyncIterable<Buffer>,
  size: number,
  realSize: number,
  longest = maxMap,
): Promise<SparseData> {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const next = async (): Promise<boolean> => {
    const chunk = await iterator.next();
    if (chunk.done === true) return false;
    rest = Buffer.concat([rest, chunk.value]);
    return true;
  };
  let taken = 0;
  const readNumber = async (): Promise<number> => {
    let end = rest.indexOf("\n");
    // A number has at most fifteen digits.
    while (end === -1 && rest.length < 16 && (await next())) end = rest.indexOf("\n");
    const text = end === -1 ? "" : rest.toString("latin1", 0, end);
    if (!/^(0|[1-9]\d{0,14})$/.test(text)) throw new Unsound("its map of holes is not a list of numbers");
    rest = rest.subarray(end + 1);
    taken += end + 1;
    if (taken > longest) throw new Unsound("its map of holes is too long");
    return Number(text);
  };
  const pieces: Piece[] = [];
  for (let left = await readNumber(); left > 0; left--)
    pieces.push({ offset: await readNumber(), length: await readNumber() });
  const padding = (blockSize - (taken % blockSize)) % blockSize;
  while (rest.length < padding && (await next()));
  if (rest.length < padding || rest.subarray(0, padding).some((byte) => byte !== 0))
    throw new Unsound("its map of holes is followed by unexpected data");
  rest = rest.subarray(padding);
  requireSound(pieces, size - taken - padding, realSize);
  return { pieces, data: rejoin(rest, iterator) };
}

function requireSound(pieces: readonly Piece[], size: number, realSize: number): void {
  let at = 0;
  let sum = 0;
  for (const { offset, length } of pieces) {
    if (offset < at || offset + length > realSize) throw new Unsound("its map of holes reaches beyond its end");
    at = offset + length;
    sum += length;
  }
  // tar marks a hole at the end with an empty piece.
  if (sum !== size || at !== realSize) throw new Unsound("its map of holes does not match its size");
}

async function* rejoin(rest: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (rest.length > 0) yield rest;
  for (let each = await iterator.next(); each.done !== true; each = await iterator.next()) yield each.value;
}
