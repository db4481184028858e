import { quoteName } from "../untrusted-text.ts";
import { blockSize, parsePaxRecords, parseTarHeader, type TarHeader, Unsound } from "./tar-header.ts";

/** One file of an archive. Read its data to the end, or not at all, before you ask for the next file. */
export interface TarEntry {
  readonly header: TarHeader;
  readonly data: AsyncIterable<Buffer>;
}

/** The features that a reader accepts beyond those of every archive. */
export interface Dialect {
  /** Whether a pax record is allowed. */
  readonly knows: (key: string) => boolean;
  /** The most bytes of all pax records of one file. */
  readonly maxAttributes: number;
}

// tar fills its last record with blocks of zeros (tar(1), --blocking-factor).
const recordBlocks = 20;

/** Reads the entries of an untrusted archive. Throws Unsound if something is wrong, or EarlyEnd. */
export async function* readTar(chunks: AsyncIterable<Buffer>, dialect: Dialect): AsyncGenerator<TarEntry> {
  const bytes = readBytes(chunks);
  let attributes: ReadonlyMap<string, Buffer> | undefined;
  for (let block = await readAll(bytes, blockSize); !isZero(block); block = await readAll(bytes, blockSize)) {
    const header = parseTarHeader(block);
    if (header.type === "g") throw new Unsound("it has attributes that apply to all files");
    if (header.type === "x") {
      if (attributes !== undefined) throw new Unsound("it has two sets of attributes for one file");
      if (header.size > dialect.maxAttributes) throw new Unsound("a file has too many attributes");
      attributes = parsePaxRecords(await readAll(bytes, header.size));
      await skipPadding(bytes, header.size);
      continue;
    }
    const entry = withAttributes(header, attributes ?? new Map<string, Buffer>(), dialect);
    attributes = undefined;
    const data = bytes.pass(entry.size);
    yield { header: entry, data };
    while ((await data.next()).done !== true);
    await skipPadding(bytes, entry.size);
  }
  if (attributes !== undefined) throw new Unsound("it ends with attributes that belong to no file");
  await readEnd(bytes);
}

async function readAll(bytes: ByteReader, length: number): Promise<Buffer> {
  const data = length === 0 ? Buffer.alloc(0) : await bytes.read(length);
  if (data === undefined) throw new EarlyEnd();
  return data;
}

async function skipPadding(bytes: ByteReader, size: number): Promise<void> {
  const padding = await readAll(bytes, (blockSize - (size % blockSize)) % blockSize);
  if (!isZero(padding)) throw new Unsound("there is data between two files");
}

// Two blocks of zeros mark the end (tar(5)).
async function readEnd(bytes: ByteReader): Promise<void> {
  let block: Buffer | undefined = await readAll(bytes, blockSize);
  for (let count = 1; block !== undefined; count++) {
    if (count > recordBlocks || !isZero(block)) throw new Unsound("there is data after its end");
    block = await bytes.read(blockSize);
  }
}

const isZero = (block: Buffer): boolean => block.every((byte) => byte === 0);

// A member of these kinds has no data, whatever its header says. Programs disagree about this, and so one member can
// hide another.
const withoutData = /^[1-6]$/;

function withAttributes(header: TarHeader, attributes: ReadonlyMap<string, Buffer>, { knows }: Dialect): TarHeader {
  // GNU tar stores the name of a file with holes here (tar(5), GNU.sparse.name). A dialect without holes does not
  // accept it.
  const path = attributes.get("GNU.sparse.name") ?? attributes.get("path") ?? header.path;
  const refuse = (what: string): never => {
    throw new Unsound(what, path);
  };
  for (const key of attributes.keys()) if (!knows(key)) refuse(`it has an unknown attribute ${quoteName(key)}`);
  const size = attributes.get("size")?.toString("latin1");
  if (size !== undefined && !/^(0|[1-9]\d*)$/.test(size)) refuse("its size is not a number");
  const mtime = attributes.get("mtime")?.toString("latin1");
  if (mtime !== undefined && !/^-?(0|[1-9]\d{0,11})(\.\d{0,8}[1-9])?$/.test(mtime)) refuse("its time is not a number");
  const entry = {
    ...header,
    path,
    linkTarget: attributes.get("linkpath") ?? header.linkTarget,
    size: size === undefined ? header.size : Number(size),
    mtime: mtime === undefined ? header.mtime : Number(mtime),
    attributes,
  };
  if (!Number.isSafeInteger(entry.size)) refuse("its size is impossible");
  if (withoutData.test(entry.type) && entry.size !== 0) refuse("it has data, but a file of its kind cannot have any");
  if (entry.path.includes(0) || entry.linkTarget.includes(0)) refuse("its name contains a NUL byte");
  const isLink = entry.type === "1" || entry.type === "2";
  if (isLink && entry.linkTarget.length === 0) refuse("it is a link without a target");
  if (!isLink && entry.linkTarget.length > 0) refuse("it has a target, but a file of its kind cannot have one");
  return entry;
}

/** Reads a stream of chunks in pieces of any requested size. */
export interface ByteReader {
  /**
   * Reads exactly `length` bytes. Undefined if the stream ends before the first byte; throws an error if it ends later.
   */
  read(length: number): Promise<Buffer | undefined>;
  /** Passes on the next `length` bytes as they arrive, without storing them. */
  pass(length: number): AsyncGenerator<Buffer>;
}

/** The stream ended too early. */
export class EarlyEnd extends Error {}

export function readBytes(chunks: AsyncIterable<Buffer>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const take = (length: number): Buffer => {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  /**
   * Returns false at the end of the stream. Errors of the stream itself pass through, and so does an EarlyEnd of a
   * layer below.
   */
  const fill = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const next = await iterator.next();
      if (next.done === true) return false;
      rest = next.value;
    }
    return true;
  };
  async function* pass(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (!(await fill())) throw new EarlyEnd();
      const piece = take(left);
      left -= piece.length;
      yield piece;
    }
  }
  return {
    pass,
    async read(length) {
      if (!(await fill())) return undefined;
      const pieces: Buffer[] = [];
      for await (const piece of pass(length)) pieces.push(piece);
      return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    },
  };
}
