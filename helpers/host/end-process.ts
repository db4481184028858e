import { fstatSync } from "node:fs";

type Output = NodeJS.WriteStream & { readonly fd: number };

// The first error of each stream. The stream does not keep it: Node forgets it, and Bun never knows it.
const failures = new Map<Output, NodeJS.ErrnoException>();

// How many writes of each stream have not reached the kernel. Bun's streams do not know it (writableLength is 0).
const waiting = new Map<Output, number>();

/**
 * When a reader goes away, finishes the work and does not crash. The output is lost, as with a shell's builtins. Call
 * this before anything is printed.
 */
export function outliveReaders(): void {
  for (const output of [process.stdout, process.stderr]) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (!failures.has(output)) failures.set(output, error);
    });
    countWrites(output);
  }
}

/** Whether anything was written to standard output since then. */
export const hasPrinted = (): boolean => waiting.has(process.stdout);

function countWrites(output: Output): void {
  const write = output.write.bind(output);
  const change = (by: number): void => void waiting.set(output, (waiting.get(output) ?? 0) + by);
  output.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const encoding = rest.find((word) => typeof word === "string") as BufferEncoding | undefined;
    const done = rest.find((word) => typeof word === "function") as ((error?: Error | null) => void) | undefined;
    change(1);
    return write(chunk, encoding, (error) => {
      change(-1);
      done?.(error);
      output.emit("written");
    });
  };
}

/**
 * Ends the process once everything printed is on its way: a pipe takes 64 KiB at once, and process.exit(3) drops the
 * output that still waits for a reader. If standard output could not be written, for example because the disk is full,
 * this prints the error and fails.
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

// Resolves to the first error since the beginning. Bun differs from Node: an empty write does not wait for earlier
// writes, and an error comes after the end. Node's end waits forever after an error.
function finish(output: Output): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    output.once("error", resolve);
    const finished = (): void => void setImmediate(resolve, undefined);
    if (failures.has(output)) resolve(failures.get(output));
    else if (!isSocket(output)) output.end(finished);
    else awaitWrites(output, finished);
  });
}

function awaitWrites(output: Output, finished: () => void): void {
  const look = (): void => {
    if ((waiting.get(output) ?? 0) > 0) return;
    output.off("written", look);
    finished();
  };
  output.on("written", look);
  look();
}

// The journal gives a service a socket, which others of the service write to as well. To end it would shut it down for all of them (shutdown(2)).
function isSocket({ fd }: Output): boolean {
  try {
    return fstatSync(fd).isSocket();
  } catch {
    // It was closed before we began.
    return false;
  }
}
