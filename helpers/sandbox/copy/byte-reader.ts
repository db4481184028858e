/** Reads a stream of chunks in pieces of the size that is asked for. */
export interface ByteReader {
  /** Exactly `length` bytes; undefined when the stream ends before the first of them, and an error when in between. */
  read(length: number): Promise<Buffer | undefined>;
  /** The next `length` bytes as they come, without holding them. */
  pass(length: number): AsyncGenerator<Buffer>;
}

/** What the stream gave too little of. */
export class EarlyEnd extends Error {}

export function readBytes(chunks: AsyncIterable<Buffer>): ByteReader {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const take = (length: number): Buffer => {
    const taken = rest.subarray(0, length);
    rest = rest.subarray(length);
    return taken;
  };
  /** False at the end of the stream. An error of the stream itself goes through, an EarlyEnd of a layer below it too. */
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
