import { describeError, SandboxError } from "../generator/sandbox-error.ts";

/** Runs a helper's one job and exits: 0, or the status of its error, whose line it prints. */
export async function runHelper(job: (args: readonly string[]) => Promise<void> | void): Promise<never> {
  try {
    await job(process.argv.slice(2));
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exit(error instanceof SandboxError ? error.status : 1);
  }
}
