import { SandboxError } from "../../../base/errors.ts";
import { EarlyEnd, readTar, type TarEntry } from "../copy/read-tar.ts";
import { type TarHeader, Unsound } from "../copy/tar-header.ts";
import { quoteName } from "../untrusted-text.ts";
import { dialect, readAttributes, readRealSize } from "./attributes.ts";
import { advance, atBegin, judgeMember, type Member } from "./members.ts";
import { readCompressed } from "./open-archive.ts";
import { limitOf, parseRecords, type Records } from "./records.ts";
import type { TreeWriter } from "./tree-writer.ts";

/** Counts of the content of an archive's tree. */
export interface Contents {
  readonly files: number;
  /** Without holes. */
  readonly bytes: number;
}

/**
 * Reads an exported sandbox from a file, once. First come the records, which `begin` gets; then the tree, which goes to
 * the writer that `begin` returns. If something is not as export writes it, throws a SandboxError with the name of the
 * member.
 */
export async function unpackSandbox(
  file: string,
  begin: (records: Records) => TreeWriter | undefined,
): Promise<Contents> {
  try {
    return await unpack(readCompressed(file), begin);
  } catch (error) {
    throw describeDamage(file, error);
  }
}

async function unpack(
  chunks: AsyncIterable<Buffer>,
  begin: (records: Records) => TreeWriter | undefined,
): Promise<Contents> {
  const files = new Map<string, Buffer>();
  const contents = { files: 0, bytes: 0 };
  let order = atBegin;
  let writer: TreeWriter | undefined;
  let hasTree = false;
  try {
    for await (const entry of readTar(chunks, dialect)) {
      const { header, data } = entry;
      const member = orRefuse(header, judgeMember(header));
      order = orRefuse(header, advance(order, member, header.type === "5"));
      requireKnownAttributes(header);
      if (member.part === "root") {
        if (!hasTree) writer = begin(parseRecords(files));
        hasTree = true;
        contents.files++;
        contents.bytes += header.size;
        await addToTree(writer, member, entry);
      } else if (header.type === "0") {
        files.set(header.path.toString(), await readRecord(header, data, sumOf(files)));
      }
    }
    if (!hasTree) throw new Unsound("it contains no root");
    writer?.finish();
    return contents;
  } finally {
    writer?.close();
  }
}

async function addToTree(writer: TreeWriter | undefined, member: Member, { header, data }: TarEntry): Promise<void> {
  try {
    await writer?.add(header, member.below, data);
  } catch (error) {
    if (!(error instanceof Unsound)) throw error;
    throw new Unsound(error.message, header.path);
  }
}

const sumOf = (files: ReadonlyMap<string, Buffer>): number =>
  [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0);

async function readRecord(header: TarHeader, data: AsyncIterable<Buffer>, before: number): Promise<Buffer> {
  if (header.size > limitOf(header.path.toString(), before)) throw new Unsound("it is too large", header.path);
  const pieces: Buffer[] = [];
  for await (const piece of data) pieces.push(piece);
  return Buffer.concat(pieces);
}

function requireKnownAttributes(header: TarHeader): void {
  const isTree = header.path.toString("latin1").startsWith("root");
  const attributes = orRefuse(header, readAttributes(header));
  const realSize = readRealSize(header);
  if (typeof realSize === "string") throw new Unsound(realSize, header.path);
  if (!isTree && (attributes.length > 0 || realSize !== undefined))
    throw new Unsound("it has attributes, which only files of the root may have", header.path);
}

function orRefuse<T extends object>(header: TarHeader, judged: T | string): T {
  if (typeof judged === "string") throw new Unsound(judged, header.path);
  return judged;
}

function describeDamage(file: string, error: unknown): unknown {
  if (error instanceof EarlyEnd) return new SandboxError(`${file} is cut off: its end is missing`);
  if (error instanceof Unsound)
    return new SandboxError(
      error.member === undefined
        ? `${file} is damaged, or not an exported sandbox: ${error.message}`
        : `${file}: ${quoteName(error.member)} is refused: ${error.message}`,
    );
  if (error instanceof SandboxError || !(error instanceof Error)) return error;
  const { code = "" } = error as NodeJS.ErrnoException;
  if (/^(ZSTD|Z)_/.test(code)) return new SandboxError(`${file} is damaged, or not an exported sandbox`);
  return error;
}
