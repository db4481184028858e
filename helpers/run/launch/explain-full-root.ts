import { statfsSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { mountsDirectory, rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { hasImage } from "../../sandbox/image/mount-image.ts";

// libvirt makes this folder in the root. Some blocks of a full file system may be free, but not for it.
const refused = /\/\.oldroot: (?:No space left on device|Disk quota exceeded)/;

/** Says of libvirt's refusal that the root is full, if it is. libvirt may say something else. */
export function explainFullRoot(
  name: SandboxName,
  refusal: SandboxError,
  isInImage = hasImage(name),
  statfs: (path: string) => { readonly bfree: number; readonly files: number; readonly ffree: number } = statfsSync,
): SandboxError {
  const found = orMissing(() => statfs(join(mountsDirectory(name), "root")));
  // Some file systems have no fixed number of inodes, and report 0.
  const isFull = found !== undefined && (found.bfree === 0 || (found.files > 0 && found.ffree === 0));
  if (!isFull && !refused.test(refusal.message)) return refusal;
  return new SandboxError(`the root of ${name} has no space left, and a start needs some: ${refusal.message}`, {
    hint: `Remove something below ${rootTree(name)}${isInImage ? `, or make its image larger: sandboxcontainer resize ${name} SIZE` : ""}`,
    cause: refusal,
  });
}
