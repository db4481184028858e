import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { closeSync, writeSync } from "node:fs";
import type { Pipe } from "./pipes.ts";

/** The parameters of a process that waits. */
export interface Prepared {
  readonly command: readonly string[];
  /** Standard input, output and error of the process. */
  readonly stdio: readonly [input: number, output: number, errors: number];
  /** The process waits at this pipe, which is closed here. */
  readonly gate: Pipe;
  /** Prepares the process by its number. If this throws, the command does not run. */
  readonly prepare: (pid: number) => void;
}

// A shell waits for a line, and then becomes the command.
const wait = 'read -r _ <&3 && exec "$@" 3<&-';

/** Starts a command that runs only after its process has been prepared, for example moved into a control group. */
export function startPrepared({ command, stdio, gate, prepare }: Prepared): ChildProcess {
  const files: StdioOptions = [...stdio, gate.reader];
  const child = spawn("/bin/sh", ["-c", wait, "sh", ...command], { stdio: files });
  closeSync(gate.reader);
  try {
    // Without a number the process could not be started, and says so by the event `error`.
    if (child.pid !== undefined) {
      prepare(child.pid);
      writeSync(gate.writer, "\n");
    }
    return child;
  } finally {
    closeSync(gate.writer);
  }
}
