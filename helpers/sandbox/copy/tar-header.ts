import { quoteName } from "../untrusted-text.ts";

/**
 * An archive's description of one file (tar(5)). It is well-formed but otherwise unchecked: the author of the archive
 * chose it.
 */
export interface TarHeader {
  /** Bytes, because a file name need not be text. */
  readonly path: Buffer;
  /** `0` file, `1` hard link, `2` link, `5` folder, `6` fifo, `x` attributes of the next entry … */
  readonly type: string;
  readonly mode: number;
  readonly owner: number;
  readonly group: number;
  /** The number of bytes that follow. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly linkTarget: Buffer;
  /** Its pax records by key: those that replace the fields above, and all others. */
  readonly attributes: ReadonlyMap<string, Buffer>;
}

export const blockSize = 512;

/** An archive violates the format. The message says how, and `member` names the file if it is known. */
export class Unsound extends Error {
  readonly member: Buffer | undefined;

  constructor(message: string, member?: Buffer) {
    super(message);
    this.member = member;
  }
}

// GNU tar writes this with --format=posix. Other programs read older kinds of header differently.
const magic = "ustar\x0000";

/** Reads a header block. There is only one valid way to write a number; anything else is Unsound. */
export function parseTarHeader(block: Buffer): TarHeader {
  const sum = block.toString("latin1", 148, 156);
  if (!/^[0-7]{6}\0 $/.test(sum) || Number.parseInt(sum, 8) !== sumOf(block))
    throw new Unsound("a header has a wrong checksum");
  if (block.toString("latin1", 257, 265) !== magic) throw new Unsound("a header is in an unknown format");
  if (block.subarray(500).some((byte) => byte !== 0)) throw new Unsound("there is data after the end of a header");
  const name = cutAtNul(block.subarray(0, 100));
  const prefix = cutAtNul(block.subarray(345, 500));
  const path = prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from("/"), name]);
  const number = (what: string, from: number, to: number): number => {
    const text = block.toString("latin1", from, to);
    if (!/^[0-7]+\0$/.test(text))
      throw new Unsound(`its ${what} is not an octal number of ${to - from - 1} digits`, path);
    return Number.parseInt(text, 8);
  };
  return {
    path,
    type: String.fromCharCode(block[156] ?? 0),
    mode: number("mode", 100, 108),
    owner: number("owner", 108, 116),
    group: number("group", 116, 124),
    size: number("size", 124, 136),
    mtime: number("time", 136, 148),
    linkTarget: cutAtNul(block.subarray(157, 257)),
    attributes: new Map(),
  };
}

/** Parses the records of a pax header: `LENGTH KEY=VALUE\n`, with values as bytes. */
export function parsePaxRecords(data: Buffer): ReadonlyMap<string, Buffer> {
  const records = new Map<string, Buffer>();
  if (data.length === 0) throw new Unsound("its attributes are missing");
  for (let at = 0; at < data.length;) {
    const [text = ""] = /^[1-9]\d{0,8} /.exec(data.toString("latin1", at, at + 10)) ?? [];
    const end = at + Number(text) - 1;
    const equals = data.indexOf("=", at + text.length);
    if (text === "" || equals === -1 || end <= equals || data[end] !== 0x0a)
      throw new Unsound("an attribute is cut off, or its length is wrong");
    const key = data.toString("latin1", at + text.length, equals);
    if (records.has(key)) throw new Unsound(`attribute ${quoteName(key)} occurs twice`);
    records.set(key, data.subarray(equals + 1, end));
    at = end + 1;
  }
  return records;
}

// Text after the end of a name would be a second meaning.
function cutAtNul(field: Buffer): Buffer {
  const end = field.indexOf(0);
  if (end === -1) return field;
  if (field.subarray(end).some((byte) => byte !== 0))
    throw new Unsound("there is data after the end of a name in a header");
  return field.subarray(0, end);
}

// The checksum counts its own field as spaces.
function sumOf(block: Buffer): number {
  const all = block.reduce((sum, byte) => sum + byte, 0);
  return block.subarray(148, 156).reduce((sum, byte) => sum - byte + 0x20, all);
}
