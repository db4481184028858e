import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../host/write-file.ts";
import { hashConf, stampOf } from "../../../generator/conf/conf-hash.ts";
import type { Conf } from "../../../generator/conf/conf.ts";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { readMachineId } from "../../host/machine-id.ts";
import { syncFolder } from "../state.ts";

const prefix = "populated-";

/** The stamp of a conf on this host. */
export const ownStamp = (conf: Conf): string => stampOf(hashConf(conf), readMachineId());

/** Whether the root of a sandbox was made, and its start prepared, for the conf with this stamp. */
export const hasStamp = (name: SandboxName, stamp: string): boolean => existsSync(join(stateDirectory(name), stamp));

/** Records that the tree matches the conf, so that no start makes it again. Everything else must be on the disk by now. */
export function writeStamp(name: SandboxName, stamp: string): void {
  const state = stateDirectory(name);
  writeFile(join(state, stamp), "");
  for (const other of listStamps(state)) if (other !== stamp) rmSync(join(state, other));
  syncFolder(state);
}

/** Makes the next start prepare the sandbox, also after a power cut. Comes before what a stamp vouches for is changed. */
export function removeStamps(name: SandboxName): void {
  const state = stateDirectory(name);
  const stamps = listStamps(state);
  for (const stamp of stamps) rmSync(join(state, stamp));
  if (stamps.length > 0) syncFolder(state);
}

const listStamps = (state: string): readonly string[] => readdirSync(state).filter((entry) => entry.startsWith(prefix));
