import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

// The tests run in the network of the bed, but not in its file system.
const script = join(import.meta.dirname, "../../test/bed");
const execute = promisify(execFile);

/** Runs a shell script in the bed as root. It must succeed. Resolves to what it prints. */
export async function runInBed(text: string): Promise<string> {
  const { stdout } = await execute(script, ["exec", "native", "--", "sh", "-euc", text], { maxBuffer: 1 << 26 });
  return stdout.replace(/\n$/, "");
}

/** Deletes all sandboxes. */
export const clear = (): Promise<string> =>
  runInBed(`names=$(sandboxcontainer list --json | sed -n 's/^    "name": "\\(.*\\)",$/\\1/p')
    [ -z "$names" ] || sandboxcontainer delete --force $names`);
