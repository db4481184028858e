import { closeSync, fsyncSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";

const prefix = "populated-";

/** Records that the tree matches the conf, so that systemd skips making it. Written once everything else is on disk. */
export function writeStamp(name: SandboxName, population: string): void {
  const state = stateDirectory(name);
  const stamp = `${prefix}${population}`;
  writeFileSync(join(state, stamp), "");
  for (const other of readdirSync(state).filter((entry) => entry.startsWith(prefix) && entry !== stamp)) {
    rmSync(join(state, other));
  }
  const directory = openSync(state, "r");
  fsyncSync(directory);
  closeSync(directory);
}
