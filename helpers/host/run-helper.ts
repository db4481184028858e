import { describeError, SandboxError } from "../../generator/conf/sandbox-error.ts";
import { endProcess, prepareOutputs } from "./end-process.ts";

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
