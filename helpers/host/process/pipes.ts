import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { runtimeRoot } from "../../../base/paths.ts";
import { attempt, isRefusal } from "./calls.ts";

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

/** Makes a named pipe that only its owner may use. Throws a SandboxError. */
export const makeFifo = (path: string): void => {
  attempt(`mkfifo: ${path}`, (calls) => {
    calls.makeFifo(path);
  });
};

/** Makes a pipe without a name. Both sides are open. Unlike one of pipe(2), it has the label of a file there. */
export function makePipe(parent = runtimeRoot): { readonly reader: number; readonly writer: number } {
  const folder = mkdtempSync(join(parent, ".pipe-"));
  try {
    const path = join(folder, "pipe");
    makeFifo(path);
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

/** Waits for the next message from a pipe, at most 4096 bytes; empty once all writers are gone. */
export const awaitMessage = (reader: number): Awaited => awaitPipe(reader, "message");

/** Waits until somebody opens a pipe for writing. */
export const awaitWriter = (reader: number): Awaited => awaitPipe(reader, "writer");

function awaitPipe(reader: number, what: "message" | "writer"): Awaited {
  let isOver = false;
  const text = new Promise<string>((resolve) => {
    const end = (said: string): void => {
      isOver = true;
      resolve(said);
    };
    attempt("cannot wait for a pipe", (calls) => {
      calls.awaitPipe(reader, what === "writer", end);
    });
  });
  return {
    text,
    stop: () => {
      if (isOver) return;
      // The wait may not have begun yet, so the pipe stays open until it has ended.
      const writer = openSync(`/proc/self/fd/${reader}`, constants.O_RDWR | constants.O_NONBLOCK);
      if (what === "message") writeIfNotFull(writer);
      void text.then(() => {
        closeSync(writer);
      });
    },
  };
}

// Nobody reads the pipe after that. If it is full, there is nothing to wait for.
function writeIfNotFull(writer: number): void {
  try {
    writeSync(writer, "\n");
  } catch (error) {
    if (!isRefusal(error, "EAGAIN")) throw error;
  }
}

/** Reads a pipe until all writers are gone, or until it has `most` bytes. */
export async function readPipe(reader: number, most: number): Promise<string> {
  // A blocking read in a Node thread would keep Node from exiting, and Bun cannot make a socket from a descriptor.
  const child = spawn("head", ["-c", String(most)], { stdio: [reader, "pipe", "ignore"] });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "close");
  return Buffer.concat(chunks).toString();
}
