/** A file of an archive that a sandbox could send. */
export interface Member {
  readonly path: string | Buffer;
  readonly type?: string;
  readonly mode?: number;
  readonly data?: Buffer | string;
  /** Replaces the real size of the data. */
  readonly size?: number;
  readonly link?: string;
  readonly mtime?: number;
  readonly owner?: number;
  readonly group?: number;
}

/** Makes an archive in the format of tar(5), whatever the members are. */
export const makeArchive = (...members: readonly Member[]): Buffer =>
  Buffer.concat([...members.map(makeMember), Buffer.alloc(1024)]);

export function makeMember(member: Member): Buffer {
  const data = Buffer.from(member.data ?? "");
  const header = Buffer.alloc(512);
  Buffer.from(member.path).copy(header, 0, 0, 100);
  const number = (value: number, at: number, length: number): number =>
    header.write(value.toString(8).padStart(length - 1, "0"), at);
  number(member.mode ?? 0o644, 100, 8);
  number(member.owner ?? 0, 108, 8);
  number(member.group ?? 0, 116, 8);
  number(member.size ?? data.length, 124, 12);
  number(member.mtime ?? 1_700_000_000, 136, 12);
  header.write(member.type ?? "0", 156);
  header.write(member.link ?? "", 157);
  header.write("ustar\x0000", 257);
  return Buffer.concat([withSum(header), data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

/** Gives a header the right sum after a change, in place. */
export function withSum(header: Buffer): Buffer {
  header.fill(" ", 148, 156);
  const sum = header.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** Makes a pax header with records for the next member. */
export function makeAttributes(records: Readonly<Record<string, string>>): Member {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = rest.length;
    while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
    return `${length}${rest}`;
  });
  return { path: "PaxHeaders/x", type: "x", data: lines.join("") };
}

/** Yields the archive in pieces of this size, like a pipe. */
export async function* inPieces(archive: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < archive.length; at += size) yield await Promise.resolve(archive.subarray(at, at + size));
}
