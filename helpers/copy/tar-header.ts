import { SandboxError } from "../../generator/sandbox-error.ts";

/** What an archive says of one file (tar(5)), all of it unchecked: whoever wrote the archive chose it. */
export interface TarHeader {
  /** Bytes: a file name need not be text. */
  readonly path: Buffer;
  /** `0` file, `2` link, `5` folder, `x` attributes of the next entry … */
  readonly type: string;
  readonly mode: number;
  /** Of what follows, in bytes. */
  readonly size: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
  readonly linkTarget: Buffer;
}

export const blockSize = 512;

export const notAnArchive = (what: string): SandboxError =>
  new SandboxError(`what comes out of the sandbox is no sound archive: ${what}`, {
    hint: "Something inside interferes with the copy; nothing was written outside the destination",
  });

/** Reads a header block. A wrong sum or number is a SandboxError. */
export function parseTarHeader(block: Buffer): TarHeader {
  if (parseNumber(block.subarray(148, 156)) !== sumOf(block)) throw notAnArchive("a header has a wrong checksum");
  const name = cutAtNul(block.subarray(0, 100));
  const isUstar = block.toString("latin1", 257, 263) === "ustar\0";
  const prefix = isUstar ? cutAtNul(block.subarray(345, 500)) : Buffer.alloc(0);
  const type = String.fromCharCode(block[156] ?? 0);
  return {
    path: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from("/"), name]),
    type: type === "\0" ? "0" : type,
    mode: parseNumber(block.subarray(100, 108)),
    size: parseNumber(block.subarray(124, 136)),
    mtime: parseNumber(block.subarray(136, 148)),
    linkTarget: cutAtNul(block.subarray(157, 257)),
  };
}

/** The records of a pax header: `LENGTH KEY=VALUE\n`, values as bytes. */
export function parsePaxRecords(data: Buffer): ReadonlyMap<string, Buffer> {
  const records = new Map<string, Buffer>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(" ", at);
    const length = Number(data.toString("latin1", at, space));
    const equals = data.indexOf("=", space);
    const end = at + length - 1;
    if (space === -1 || equals === -1 || !Number.isSafeInteger(length) || end <= equals || data[end] !== 0x0a)
      throw notAnArchive("an attribute is cut off");
    records.set(data.toString("latin1", space + 1, equals), data.subarray(equals + 1, end));
    at = end + 1;
  }
  return records;
}

const cutAtNul = (field: Buffer): Buffer => {
  const end = field.indexOf(0);
  return end === -1 ? field : field.subarray(0, end);
};

// Octal digits, or, with the highest bit set, a number of base 256.
function parseNumber(field: Buffer): number {
  const first = field[0] ?? 0;
  if (first === 0x80) return field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  const text = field.toString("latin1").replaceAll(/[\0 ]/g, "");
  if (first > 0x80 || !/^[0-7]*$/.test(text)) throw notAnArchive("a header has a wrong number");
  return Number.parseInt(text || "0", 8);
}

// The sum counts its own field as spaces.
function sumOf(block: Buffer): number {
  const all = block.reduce((sum, byte) => sum + byte, 0);
  return block.subarray(148, 156).reduce((sum, byte) => sum - byte + 0x20, all);
}
