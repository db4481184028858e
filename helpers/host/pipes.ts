import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";

/** A named pipe (fifo(7)) that is open for reading: whoever writes needs not wait for us. */
export interface OpenPipe {
  readonly reader: number;
  /** Keeps the pipe from ending; to be closed or passed on. */
  readonly writer: number;
}

/** Opens a pipe at once, though nobody has opened its other side yet (fifo(7)). */
export function openPipe(path: string): OpenPipe {
  const writer = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  return { reader: openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW), writer };
}

/** The same, without a writer of ours. */
export function openReader(path: string): number {
  const { reader, writer } = openPipe(path);
  closeSync(writer);
  return reader;
}

/** What another process will say; `stop` ends the wait. */
export interface Awaited {
  readonly text: Promise<string>;
  readonly stop: () => void;
}

// What a pipe takes in one piece (pipe(7), PIPE_BUF).
const atOnce = 4096;

/** The next message from a pipe, of at most 4096 bytes; empty when all writers are gone. */
export const awaitMessage = (reader: number): Awaited =>
  runReader("dd", [`bs=${atOnce}`, "count=1", "status=none"], reader);

/** Until somebody opens a pipe for writing. */
export const awaitWriter = (reader: number): Awaited =>
  runReader("dd", ["if=/proc/self/fd/0", "count=0", "status=none"], reader);

/** All of a pipe until its writers are gone, or until there are `most` bytes. */
export const readPipe = (reader: number, most: number): Promise<string> =>
  runReader("head", ["-c", String(most)], reader).text;

// By a process of its own: a read that blocks in a thread of Node's keeps it from exiting, and Bun has no socket for a descriptor.
function runReader(program: string, args: readonly string[], reader: number): Awaited {
  const child = spawn(program, args, { stdio: [reader, "pipe", "ignore"] });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const text = new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => {
      resolve(Buffer.concat(chunks).toString());
    });
  });
  return {
    text,
    stop: () => {
      child.kill("SIGKILL");
    },
  };
}
