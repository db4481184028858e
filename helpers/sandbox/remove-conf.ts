import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { confFile } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { syncFolder } from "./state.ts";

/**
 * Removes a conf and its drop-ins, so that they do not come back after a power cut: the root, which goes next, may be on
 * another disk.
 */
export function removeConf(name: SandboxName): void {
  const paths = [confFile(name), `${confFile(name)}.d`].filter((path) => existsSync(path));
  for (const path of paths) rmSync(path, { recursive: true });
  if (paths.length > 0) syncFolder(dirname(confFile(name)));
}
