import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashConf, stampOf } from "../../../generator/conf/conf-hash.ts";
import type { Conf } from "../../../generator/conf/conf.ts";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { readMachineId } from "../../host/machine-id.ts";

const prefix = "populated-";

/** The stamp of a conf on this host. */
export const ownStamp = (conf: Conf): string => stampOf(hashConf(conf), readMachineId());

/** Whether the root of a sandbox was made, and its start prepared, for the conf with this stamp. */
export const hasStamp = (name: SandboxName, stamp: string): boolean => existsSync(join(stateDirectory(name), stamp));

/** Records that the tree matches the conf, so that no start makes it again. Everything else must be on the disk by now. */
export function writeStamp(name: SandboxName, stamp: string): void {
  const state = stateDirectory(name);
  writeFileSync(join(state, stamp), "");
  removeStamps(name, stamp);
  const directory = openSync(state, "r");
  fsyncSync(directory);
  closeSync(directory);
}

/** Makes the next start prepare the sandbox. */
export function removeStamps(name: SandboxName, except?: string): void {
  const state = stateDirectory(name);
  for (const stamp of readdirSync(state).filter((entry) => entry.startsWith(prefix) && entry !== except))
    rmSync(join(state, stamp));
}
