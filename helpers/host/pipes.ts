import { spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runtimeRoot } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { runQuick } from "./run-quick.ts";

/** A named pipe (fifo(7)) that is open for reading, so that writers need not wait for us. */
export interface OpenPipe {
  readonly reader: number;
  /** Keeps the pipe from ending. Close it or pass it on. */
  readonly writer: number;
}

/** Opens a pipe immediately, even if nobody has opened the other side yet (fifo(7)). */
export function openPipe(path: string): OpenPipe {
  const writer = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
  return { reader: openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW), writer };
}

/** The same, but without our own writer. */
export function openReader(path: string): number {
  const { reader, writer } = openPipe(path);
  closeSync(writer);
  return reader;
}

/** Makes a pipe without a name, as pipe(2) does, which neither runtime has. Both sides are open. */
export async function makePipe(parent = runtimeRoot): Promise<{ readonly reader: number; readonly writer: number }> {
  const folder = mkdtempSync(join(parent, ".pipe-"));
  try {
    const path = join(folder, "pipe");
    const { status, output } = await runQuick("mkfifo", ["--mode=0600", path]);
    if (status !== 0) throw new SandboxError(`cannot make a pipe: ${output}`);
    const { reader, writer: both } = openPipe(path);
    // Whoever could also read what it writes would never learn that the reader is gone.
    const writer = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
    closeSync(both);
    return { reader, writer };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A future message from another process; `stop` ends the wait. */
export interface Awaited {
  readonly text: Promise<string>;
  readonly stop: () => void;
}

// A pipe takes this many bytes in one piece (pipe(7), PIPE_BUF).
const atOnce = 4096;

/** Waits for the next message from a pipe, at most 4096 bytes; empty once all writers are gone. */
export const awaitMessage = (reader: number): Awaited =>
  runReader("dd", [`bs=${atOnce}`, "count=1", "status=none"], reader);

/** Waits until somebody opens a pipe for writing. */
export const awaitWriter = (reader: number): Awaited =>
  runReader("dd", ["if=/proc/self/fd/0", "count=0", "status=none"], reader);

/** Reads a pipe until all writers are gone, or until it has `most` bytes. */
export const readPipe = (reader: number, most: number): Promise<string> =>
  runReader("head", ["-c", String(most)], reader).text;

// A separate process reads. A blocking read in a Node thread would keep Node from exiting, and Bun cannot make a socket
// from a descriptor.
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
