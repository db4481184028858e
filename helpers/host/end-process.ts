import { isatty } from "node:tty";
import { OutputStream } from "./output-stream.ts";

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
