import { posix } from "node:path";
import { rootTree } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";

// The longest name that Linux's file systems have (NAME_MAX).
const longestName = 255;

/**
 * Normalizes a path inside the sandbox. Throws a SandboxError if it is not absolute, does not belong to the inside, or
 * has a name that no file can have.
 */
export function parseSandboxPath(name: SandboxName, text: string): string {
  const tidy = posix.normalize(text).replace(/(.)\/+$/, "$1");
  const tree = rootTree(name);
  const isOfHost = tidy === tree || tidy.startsWith(`${tree}/`);
  if (tidy.split("/").some((part) => Buffer.byteLength(part) > longestName))
    throw new SandboxError(`a name in that path has more than ${longestName} bytes`, { status: 2 });
  if (text.startsWith("/") && !text.includes("\0") && !isOfHost) return tidy;
  throw new SandboxError(`${text} is ${isOfHost ? "a path on the host, not in the sandbox" : "not an absolute path"}`, {
    hint: `Write it as the sandbox sees it${isOfHost ? `: ${tidy.slice(tree.length) || "/"}` : ", such as /etc/hostname"}`,
    status: 2,
  });
}
