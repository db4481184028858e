import { spawnSync } from "node:child_process";
import { closeSync } from "node:fs";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { readContext } from "../state.ts";
import { cleanWords } from "./child.ts";
import type { Destination } from "./unpack.ts";

/**
 * Gives what was copied into a stopped sandbox's tree the SELinux label of that tree. chcon gets the open folder, so no path
 * leads through the tree.
 */
export function labelCopy(name: SandboxName, { name: top, open }: Destination): void {
  const context = readContext(name);
  if (context === null || open === undefined) return;
  const folder = open();
  try {
    const what = Buffer.concat([Buffer.from("/proc/self/fd/3/"), top ?? Buffer.from(".")]).toString();
    const words = ["--recursive", "-P", "--no-dereference", "--", context, what];
    const { error, status, stderr } = spawnSync("chcon", words, { stdio: ["ignore", "ignore", "pipe", folder] });
    if (error !== undefined) throw error;
    if (status !== 0) throw new SandboxError(`the copy cannot be labelled: ${cleanWords(stderr.toString())}`);
  } finally {
    closeSync(folder);
  }
}
