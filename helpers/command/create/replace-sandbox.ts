import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { confFile, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { loadConfText } from "../../../conf/load-conf.ts";
import { run } from "../../host/process/run.ts";
import type { Systemd } from "../../host/systemd/systemd.ts";
import { writeDone, writeUnfinished } from "../../sandbox/hold/unfinished.ts";
import { forgetIdentity } from "../../sandbox/identity.ts";
import { mountImage, unmountImage } from "../../sandbox/image/mount-image.ts";
import { planPopulation } from "../../sandbox/populate/populate-sandbox.ts";
import { populationOf } from "../../sandbox/populate/population.ts";
import { readUnitFacts } from "../../sandbox/populate/read-unit-facts.ts";
import { removeStamps } from "../../sandbox/populate/record-content.ts";
import { configuredFile } from "../../sandbox/populate/write-steps.ts";
import { requireStopped } from "../../sandbox/require-stopped.ts";
import { records } from "../../sandbox/snapshots/copy-root.ts";
import { requireState, type SandboxState, syncFolder } from "../../sandbox/state.ts";
import { readOwnConf, replaceConf } from "../conf/replace-conf.ts";
import { describeUnmet } from "../explain-failure.ts";
import { findUnmetOf } from "../find-causes.ts";
import { type Newcomer, settleInImage } from "./adopt.ts";
import { makeRoot } from "./make-sandbox.ts";

/**
 * Throws a SandboxError unless the sandbox of that name is the one in an archive: the same uuid and machine-id, so one
 * was made from the other.
 */
export function requireSame(name: SandboxName, state: SandboxState | undefined): void {
  const own = requireState(name);
  if (state?.uuid === own.uuid && state.machineId === own.machineId) return;
  throw new SandboxError(`sandbox ${name} is not a copy of the one in the archive`, {
    hint: `Import it under another name, or delete the old one first: sandboxcontainer delete ${name}`,
  });
}

/**
 * Replaces the conf and the root of a stopped sandbox by others. It keeps the ids, the level and the snapshots that it
 * has on this host. If this is killed, the sandbox cannot be used until it is repeated. The caller must hold the name.
 */
export async function replaceSandbox(systemd: Systemd, { name, text, dropIns, folder }: Newcomer): Promise<void> {
  await requireStopped(systemd, name);
  readOwnConf(name);
  const { conf } = loadConfText(name, confFile(name), text);
  // A service that is not installed here is refused while the old copy is whole.
  await planPopulation(populationOf(conf), readUnitFacts);
  const unmet = conf.Image === undefined ? [] : await findUnmetOf(name, conf.passThrough.Unit);
  if (unmet.length > 0) throw describeUnmet(`the image of ${name} cannot be made`, unmet);
  await run("sync", ["--file-system", folder]);
  await unmountImage(systemd, name);
  writeUnfinished(name, { kind: "replacing" });
  moveRoot(name, folder);
  replaceDropIns(name, dropIns);
  replaceConf(name, text);
  await systemd.reload();
  if (conf.Image !== undefined) await settleInImage(systemd, name, conf.Image);
  await mountImage(systemd, name);
  forgetIdentity(name, "name");
  await makeRoot(systemd, name);
  writeDone(name);
}

// What is replaced goes with the folder. A command that was killed may already have moved the old root there.
function moveRoot(name: SandboxName, folder: string): void {
  const state = stateDirectory(name);
  removeStamps(name);
  // A command that was killed had begun to move it into an image.
  rmSync(join(state, "root.folder"), { recursive: true, force: true });
  // The new files have no label yet.
  rmSync(join(state, "context"), { force: true });
  for (const record of records) {
    rmSync(join(state, record), { force: true });
    if (existsSync(join(folder, record))) renameSync(join(folder, record), join(state, record));
  }
  mkdirSync(join(state, "configure"), { recursive: true, mode: 0o700 });
  renameSync(configuredFile(folder), configuredFile(state));
  if (existsSync(join(state, "root.img"))) {
    renameSync(join(state, "root.img"), join(folder, "replaced.img"));
    rmSync(join(state, "root"), { force: true });
  }
  if (existsSync(join(state, "root"))) renameSync(join(state, "root"), join(folder, "replaced"));
  renameSync(join(folder, "root"), join(state, "root"));
  syncFolder(state);
}

function replaceDropIns(name: SandboxName, dropIns: ReadonlyMap<string, string>): void {
  const path = `${confFile(name)}.d`;
  rmSync(path, { recursive: true, force: true });
  if (dropIns.size > 0) mkdirSync(path);
  for (const [file, text] of dropIns) writeFile(join(path, file), text, { mode: 0o644, flush: true });
}
