type Output = NodeJS.WriteStream;

/**
 * Makes a reader that goes away no reason to leave work half done, and no crash: what is printed is lost, as for a shell's
 * builtins. To be called before anything is printed.
 */
export function outliveReaders(): void {
  for (const output of [process.stdout, process.stderr]) output.on("error", () => undefined);
}

/**
 * Ends the process when all that was printed is on its way: a pipe takes 64 KiB at once, and process.exit(3) drops what is still
 * waiting for its reader. What could not be written to standard output, as the disk is full, is told and makes a failure of it.
 */
export async function endProcess(status: number): Promise<never> {
  const [failure] = await Promise.all([drain(process.stdout), drain(process.stderr)]);
  if (failure === undefined || failure.code === "EPIPE") process.exit(status);
  process.stderr.write(`standard output: ${failure.message}\n`);
  await drain(process.stderr);
  process.exit(status === 0 ? 1 : status);
}

// Resolves to what went wrong since the beginning.
function drain(output: Output): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    output.write("", () => {
      resolve(output.errored ?? undefined);
    });
  });
}
