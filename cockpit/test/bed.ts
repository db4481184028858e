import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** The bed with Cockpit. The tests do not run in its file system. */
export const kind = process.env["COCKPIT_BED"] ?? "native";

const script = join(import.meta.dirname, "../../test/bed");
const execute = promisify(execFile);

/** Runs a shell script in the bed as root. It must succeed. Resolves to what it prints. */
export async function runInBed(text: string): Promise<string> {
  const { stdout } = await execute(script, ["exec", kind, "--", "sh", "-euc", text], { maxBuffer: 1 << 26 });
  return stdout.replace(/\n$/, "");
}

/** Runs a command in the bed as root. Resolves to whether it succeeded. */
export const succeedsInBed = async (command: string): Promise<boolean> =>
  (await runInBed(`${command} >&2 && echo yes || echo no`)) === "yes";

/** Deletes all sandboxes. */
export const clear = (): Promise<string> =>
  runInBed(`names=$(sandboxcontainer list --json | sed -n 's/^    "name": "\\(.*\\)",$/\\1/p')
    [ -z "$names" ] || sandboxcontainer delete --force $names`);
