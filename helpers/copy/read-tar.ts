import { EarlyEnd, readBytes } from "./byte-reader.ts";
import { blockSize, notAnArchive, parsePaxRecords, parseTarHeader, type TarHeader } from "./tar-header.ts";

/** One file of an archive; its data is read to the end, or not at all, before the next one is asked for. */
export interface TarEntry {
  readonly header: TarHeader;
  readonly data: AsyncIterable<Buffer>;
}

// More than any path or attribute of a file system takes.
const mostAttributes = 1 << 16;
// tar fills its last record with blocks of zeros (tar(1), --blocking-factor).
const recordBlocks = 20;

/** The entries of an archive that nobody is trusted for: what is not sound in it is a SandboxError, or an EarlyEnd. */
export async function* readTar(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = readBytes(chunks);
  let attributes: ReadonlyMap<string, Buffer> = new Map();
  for (;;) {
    const block = await bytes.read(blockSize);
    if (block === undefined) throw new EarlyEnd();
    if (block.every((byte) => byte === 0)) break;
    const header = withAttributes(parseTarHeader(block), attributes);
    if (!Number.isSafeInteger(header.size) || header.size < 0) throw notAnArchive("a file has an impossible size");
    const padding = (blockSize - (header.size % blockSize)) % blockSize;
    if (header.type === "x" || header.type === "g") {
      if (header.size > mostAttributes) throw notAnArchive("a file has too many attributes");
      const records = parsePaxRecords(await bytes.read(header.size).then(orEarlyEnd));
      if (header.type === "x") attributes = records;
    } else {
      attributes = new Map();
      const data = bytes.pass(header.size);
      yield { header, data };
      while ((await data.next()).done !== true);
    }
    await bytes.read(padding);
  }
  for (let count = 0; (await bytes.read(blockSize)) !== undefined; count++)
    if (count > recordBlocks) throw notAnArchive("it goes on after its end");
}

function orEarlyEnd(data: Buffer | undefined): Buffer {
  if (data === undefined) throw new EarlyEnd();
  return data;
}

function withAttributes(header: TarHeader, attributes: ReadonlyMap<string, Buffer>): TarHeader {
  if (header.type === "x" || header.type === "g") return header;
  const number = (key: string, other: number): number => {
    const text = attributes.get(key)?.toString("latin1");
    if (text === undefined) return other;
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw notAnArchive(`a file has a wrong ${key}`);
    return Number(text);
  };
  return {
    ...header,
    // Of a file with holes GNU tar says the name so (tar(5), GNU.sparse.name).
    path: attributes.get("GNU.sparse.name") ?? attributes.get("path") ?? header.path,
    linkTarget: attributes.get("linkpath") ?? header.linkTarget,
    size: number("size", header.size),
    mtime: number("mtime", header.mtime),
  };
}
