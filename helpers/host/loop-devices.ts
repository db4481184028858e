import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { runQuick } from "./run-quick.ts";

/** Finds the loop device through which a file is mounted; undefined if there is none. Throws a SandboxError. */
export async function findLoopDevice(file: string): Promise<string | undefined> {
  const args = ["--noheadings", "--raw", "--output", "NAME", "--associated", file];
  const { status, output } = await runQuick("losetup", args);
  if (status !== 0) throw new SandboxError(`cannot tell whether ${file} is mounted: ${output}`);
  return /^\S+/.exec(output)?.[0];
}
