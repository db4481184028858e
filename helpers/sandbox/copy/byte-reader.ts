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
