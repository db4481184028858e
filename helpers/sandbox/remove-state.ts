import { existsSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory, stateRoot } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { run } from "../host/run.ts";

// No sandbox may have a name with this beginning.
const trashOf = (name: SandboxName): string => `.deleted-${name}-`;

/**
 * Removes a sandbox's root and state. They are first renamed, so that a killed deletion does not leave half of them.
 * What killed deletions of this sandbox left goes as well.
 */
export async function removeState(name: SandboxName): Promise<void> {
  if (!existsSync(stateRoot)) return;
  const trash = trashOf(name);
  if (existsSync(stateDirectory(name))) renameSync(stateDirectory(name), join(stateRoot, `${trash}${process.pid}`));
  // `.deleted-web-1-123` is not of `web`.
  const leftovers = readdirSync(stateRoot).filter(
    (entry) => entry.startsWith(trash) && /^\d+$/.test(entry.slice(trash.length)),
  );
  for (const leftover of leftovers) {
    // rm follows no link, and does not touch anything that may still be mounted in the tree.
    await run("rm", ["-rf", "--one-file-system", "--", join(stateRoot, leftover)]);
  }
}
