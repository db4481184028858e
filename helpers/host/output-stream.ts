import { write } from "node:fs";
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

  #transfer(chunk: Buffer, from: number, done: Done): void {
    write(this.fd, chunk, from, chunk.length - from, null, (error, written) => {
      if (error?.code === "EAGAIN")
        setTimeout(() => {
          this.#transfer(chunk, from, done);
        }, untilRoom);
      else if (error !== null) done(error);
      else if (from + written < chunk.length) this.#transfer(chunk, from + written, done);
      else done();
    });
  }
}
