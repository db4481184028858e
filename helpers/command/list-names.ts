import { readdirSync } from "node:fs";
import { listSandboxes } from "../../generator/conf/load-conf.ts";
import { stateRoot } from "../../generator/conf/paths.ts";
import { isSandboxName, type SandboxName } from "../../generator/conf/sandbox-name.ts";

/** Lists all names that have a conf or a root, sorted. */
export function listNames(): readonly SandboxName[] {
  const confs = listSandboxes().map(({ name }) => name);
  return [...new Set([...confs, ...listRoots()])].sort();
}

function listRoots(): readonly SandboxName[] {
  try {
    return readdirSync(stateRoot).filter(isSandboxName);
  } catch {
    return [];
  }
}
