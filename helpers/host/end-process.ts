import { fstatSync } from "node:fs";

type Output = NodeJS.WriteStream & { readonly fd: number };

// What went wrong first with each of them. The stream itself does not keep it: Node's forgets it, and Bun's never knows it.
const failures = new Map<Output, NodeJS.ErrnoException>();

/**
 * Makes a reader that goes away no reason to leave work half done, and no crash: what is printed is lost, as for a shell's
 * builtins. To be called before anything is printed.
 */
export function outliveReaders(): void {
  for (const output of [process.stdout, process.stderr]) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (!failures.has(output)) failures.set(output, error);
    });
  }
}

/**
 * Ends the process when all that was printed is on its way: a pipe takes 64 KiB at once, and process.exit(3) drops what is still
 * waiting for its reader. What could not be written to standard output, as the disk is full, is told and makes a failure of it.
 */
export async function endProcess(status: number): Promise<never> {
  const failure = await finish(process.stdout);
  const isTold = failure !== undefined && failure.code !== "EPIPE";
  if (isTold) process.stderr.write(`standard output: ${failure.message}\n`);
  await finish(process.stderr);
  process.exit(isTold && status === 0 ? 1 : status);
}

// Resolves to what went wrong since the beginning. Bun differs from Node: an empty write does not wait for those before it, and an
// error comes after the end. Node's end waits forever once there was an error.
function finish(output: Output): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    output.once("error", resolve);
    const finished = (): void => void setImmediate(resolve, undefined);
    if (failures.has(output)) resolve(failures.get(output));
    else if (isSocket(output)) output.write("", finished);
    else output.end(finished);
  });
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
