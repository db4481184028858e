import { existsSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { confFile } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { syncFolder } from "./state.ts";

export const dropInFolder = (name: SandboxName): string => `${confFile(name)}.d`;

/**
 * Removes a conf and its drop-ins, or only one of them, so that they do not come back after a power cut: the root, which
 * goes next, may be on another disk.
 */
export function removeConf(name: SandboxName, parts = [confFile(name), dropInFolder(name)]): void {
  const paths = parts.filter((path) => existsSync(path));
  for (const path of paths) rmSync(path, { recursive: true });
  if (paths.length > 0) syncFolder(dirname(confFile(name)));
}
