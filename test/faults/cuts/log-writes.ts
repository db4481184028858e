import { readSync } from "node:fs";

/** A write that dm-log-writes has logged, or a mark (kernel documentation, admin-guide/device-mapper/log-writes). */
export interface Entry {
  /** Where it goes on the disk, in bytes, and how much it is. */
  readonly offset: number;
  readonly length: number;
  /** Where its data is in the log; undefined for what is discarded. */
  readonly data: number | undefined;
  /** Whether all that was written before it is then on the disk, whatever cache the disk has. */
  readonly isFlush: boolean;
  /** The name of a mark. */
  readonly mark: string | undefined;
}

const magic = 0x6a736677736872n;
const flags = { flush: 1n, discard: 4n, mark: 8n };
const headBytes = 32;

/** Reads what a log has, without the data. Throws an Error if the file is no such log. */
export function readLog(log: number): readonly Entry[] {
  const read = (length: number, position: number): Buffer => {
    const bytes = Buffer.alloc(length);
    if (readSync(log, bytes, 0, length, position) < length) throw new Error(`the log ends at ${position}`);
    return bytes;
  };
  const top = read(headBytes, 0);
  if (top.readBigUInt64LE(0) !== magic) throw new Error("not a log of dm-log-writes");
  const count = Number(top.readBigUInt64LE(16));
  const sector = top.readUInt32LE(24);
  const entries: Entry[] = [];
  let position = sector;
  for (let index = 0; index < count; index++) {
    const head = read(headBytes, position);
    const [at, sectors, flag, extra] = [0, 8, 16, 24].map((place) => head.readBigUInt64LE(place)) as [
      ...[bigint, bigint, bigint, bigint],
    ];
    const has = (wanted: bigint): boolean => (flag & wanted) !== 0n;
    const isDiscard = has(flags.discard);
    const length = Number(sectors) * sector;
    entries.push({
      offset: Number(at) * sector,
      length,
      data: isDiscard ? undefined : position + sector,
      isFlush: has(flags.flush),
      // The name stands behind the head, in the same sector.
      mark: has(flags.mark)
        ? read(Number(extra), position + headBytes)
            .toString()
            .replace(/\0.*$/, "")
        : undefined,
    });
    position += sector + (isDiscard ? 0 : length);
  }
  return entries;
}

/** The moments at which the power may fail: how many entries are then on the disk, and whether the command had ended. */
export interface Moment {
  readonly entries: number;
  readonly isEnd: boolean;
}

/** Lists the flushes between the marks `begin` and `end`, and the mark `end` itself. */
export function listMoments(entries: readonly Entry[]): readonly Moment[] {
  const begin = entries.findIndex(({ mark }) => mark === "begin");
  const end = entries.findIndex(({ mark }) => mark === "end");
  if (begin < 0 || end < begin) throw new Error("the log lacks a mark");
  return entries.flatMap(({ isFlush }, index) =>
    index > begin && (index === end || (index < end && isFlush)) ? { entries: index + 1, isEnd: index === end } : [],
  );
}
