import { posix } from "node:path";
import { rootTree } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";

/**
 * Normalizes a path inside the sandbox. Throws a SandboxError if it is not absolute or does not belong to the inside.
 */
export function parseSandboxPath(name: SandboxName, text: string): string {
  const tidy = posix.normalize(text).replace(/(.)\/+$/, "$1");
  const tree = rootTree(name);
  const isOfHost = tidy === tree || tidy.startsWith(`${tree}/`);
  if (text.startsWith("/") && !text.includes("\0") && !isOfHost) return tidy;
  throw new SandboxError(`${text} is ${isOfHost ? "a path on the host, not in the sandbox" : "not an absolute path"}`, {
    hint: `Write it as the sandbox sees it${isOfHost ? `: ${tidy.slice(tree.length) || "/"}` : ", such as /etc/hostname"}`,
    status: 2,
  });
}
