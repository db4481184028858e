import { run } from "../../host/run.ts";

// Far below what the kernel takes as arguments (execve(2)).
const batch = 1000;

/** Gives copies below `tree` the host's ACLs, extended attributes and times, by paths relative to `host`: one process for many. */
export async function copyAttributes(paths: readonly string[], host: string, tree: string): Promise<void> {
  const options = ["--attributes-only", "--parents", "--no-dereference", "--preserve=mode,ownership,timestamps,xattr"];
  for (let first = 0; first < paths.length; first += batch) {
    const some = paths.slice(first, first + batch).map((path) => `.${path}`);
    // What vanished meanwhile has been copied, and keeps what it has.
    await run("cp", [...options, `--target-directory=${tree}`, "--", ...some], { cwd: host, accept: [1] });
  }
}
