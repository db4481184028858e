import { statfsSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory, rootTree } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";

/** Returns libvirt's refusal, or an error that says more: libvirt makes a folder in the root, and does not say that it is full. */
export function explainFullRoot(
  name: SandboxName,
  error: unknown,
  statfs: (path: string) => { readonly bavail: number; readonly files: number; readonly ffree: number } = statfsSync,
): unknown {
  const { bavail, files, ffree } = statfs(join(mountsDirectory(name), "root"));
  // Some file systems have no fixed number of inodes, and report 0.
  if (bavail > 0 && (files === 0 || ffree > 0)) return error;
  return new SandboxError(`the root of ${name} has no space left, and a start needs some`, {
    hint: `Remove something below ${rootTree(name)}. An image can also be made larger: sandboxcontainer resize ${name} SIZE`,
    cause: error,
  });
}
