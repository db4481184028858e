import { writeSync } from "node:fs";
import { Writable } from "node:stream";

type Done = (error?: Error | null) => void;

// A full pipe or socket that somebody made non-blocking for all who have it tells nobody when it has room again.
const untilRoom = 2;

/**
 * Writes to a descriptor, in order and whole, and leaves it open, because others may have it too. A write is done when
 * the kernel has all of it. Bun's own stream sometimes says that it is done while a full pipe has yet to take the rest,
 * and that is lost when the process exits.
 */
export class OutputStream extends Writable {
  readonly fd: number;
  /** Whether anything was written to it. */
  hasBegun = false;

  constructor(fd: number) {
    super();
    this.fd = fd;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.hasBegun = true;
    this.#transfer(chunk, 0, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#transfer(Buffer.concat(chunks.map(({ chunk }) => chunk)), 0, done);
  }

  // At once, as Node writes into a pipe. A thread of the runtime's may be one that the kernel does not give us, and Bun waits
  // for it for ever.
  #transfer(chunk: Buffer, from: number, done: Done): void {
    try {
      while (from < chunk.length) from += writeSync(this.fd, chunk, from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN")
        setTimeout(() => {
          this.#transfer(chunk, from, done);
        }, untilRoom);
      else done(error as Error);
      return;
    }
    done();
  }
}
