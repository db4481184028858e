import { writeSync } from "node:fs";
import { Writable } from "node:stream";
import { isatty } from "node:tty";
import { describeError, SandboxError } from "../../../base/errors.ts";

type Output = NodeJS.WriteStream & { readonly fd: number };

// The first error of each stream. The stream of a terminal does not keep it.
const failures = new Map<Output, NodeJS.ErrnoException>();

/**
 * Gives the process outputs that lose nothing. When a reader goes away, it finishes the work and does not crash. The
 * output is lost, as with a shell's builtins. Call this before anything is printed.
 */
export function prepareOutputs(): void {
  for (const name of ["stdout", "stderr"] as const) {
    const fd = name === "stdout" ? 1 : 2;
    if (!isatty(fd)) Object.defineProperty(process, name, { value: new OutputStream(fd), configurable: true });
    const output = process[name];
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (!failures.has(output)) failures.set(output, error);
    });
  }
}

/** Whether anything was written to standard output. Of a terminal nobody knows. */
export const hasPrinted = (): boolean => process.stdout instanceof OutputStream && process.stdout.hasBegun;

/**
 * Ends the process once everything printed has reached the kernel: process.exit(3) drops the output that still waits for
 * a reader. If standard output could not be written, for example because the disk is full, this prints the error and
 * fails.
 */
export async function endProcess(status: number): Promise<never> {
  // If the process ends before the outputs tell us that they have, its status is still this one. That is a precaution: a
  // bed test twice saw success where a command should have failed, and this would explain it, but nobody reproduced it.
  process.exitCode = status;
  const failure = await finish(process.stdout);
  const isTold = failure !== undefined && failure.code !== "EPIPE";
  if (isTold) process.stderr.write(`standard output: ${failure.message}\n`);
  await finish(process.stderr);
  process.exit(isTold && status === 0 ? 1 : status);
}

// Resolves to the first error since the beginning. After an error, the end of a terminal's stream may never come.
function finish(output: Output): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    output.once("error", resolve);
    if (failures.has(output)) resolve(failures.get(output));
    else output.end(() => void setImmediate(resolve, undefined));
  });
}

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

/** Prints lines for a person. The journal highlights them, and finds them as errors (sd-daemon(3)). */
export function printError(text: string): void {
  printLines("<3>", text);
}

/** The same for a problem that stops nothing. */
export function printWarning(text: string): void {
  printLines("<4>", text);
}

/** Says in the journal what a helper begins with. */
export function printStep(text: string): void {
  printLines("<7>", text);
}

function printLines(level: string, text: string): void {
  const prefix = process.env["JOURNAL_STREAM"] === undefined ? "" : level;
  process.stderr.write(text.replaceAll(/^/gm, prefix).concat("\n"));
}

/**
 * Runs a helper's one job and exits with status 0. If the job throws, prints the line of the error and exits with its
 * status.
 */
export async function runHelper(job: (args: readonly string[]) => Promise<void> | void): Promise<never> {
  prepareOutputs();
  // A process that ends while the job still waits for something has failed.
  process.exitCode = 1;
  try {
    await job(process.argv.slice(2));
  } catch (error) {
    printError(describeError(error));
    return endProcess(error instanceof SandboxError ? error.status : 1);
  }
  return endProcess(0);
}
