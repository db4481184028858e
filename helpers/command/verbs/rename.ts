import { existsSync, globSync, linkSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { confFile, stateDirectory, stateFile } from "../../../base/paths.ts";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { takesSnapshots } from "../../../conf/conf.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { unloadProfiles } from "../../host/walls/apparmor.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import {
  conclude,
  readUnfinished,
  requireWhole,
  wasDone,
  writeDone,
  writeUnfinished,
  type Task,
} from "../../sandbox/hold/unfinished.ts";
import { forgetIdentity } from "../../sandbox/identity.ts";
import { mountImage, unmountImage } from "../../sandbox/image/mount-image.ts";
import { isTimerActive, moveTimerStamp, removeTimer, timerUnit } from "../../sandbox/job-timer.ts";
import { listOrphans } from "../../sandbox/orphans.ts";
import { removeStamps } from "../../sandbox/populate/record-content.ts";
import { removeState } from "../../sandbox/remove-sandbox.ts";
import { requireStopped } from "../../sandbox/require-stopped.ts";
import { moveSnapshots, startSnapshots } from "../../sandbox/snapshot-timer.ts";
import { syncFolder } from "../../sandbox/state.ts";
import { readOwnConf } from "../conf/replace-conf.ts";
import { makeRoot, requireFreeName } from "../create/make-sandbox.ts";
import { print, printJson, withProgress } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "rename",
  group: "Copy and keep",
  summary: "rename a stopped sandbox; it keeps its data, identity and level",
  places: { "<old>": "sandbox", "<new>": "any" },
  json: `{ name: string; was: string; conf: string; unit: string }`,
  examples: ["rename web4 shop"],
  run: renameSandbox,
};

async function renameSandbox(oldText: string, newText: string, options: { json?: boolean }): Promise<void> {
  const name = parseSandboxName(newText);
  const old = requireSandbox(oldText);
  if (findWay(old, name) === "whole") requireBoth(old, name);
  using systemd = await connectSystemd();
  await withHeld(systemd, [old, name], async () => {
    const way = findWay(old, name);
    if (way === "done") return;
    if (way === "whole") requireBoth(old, name);
    if (way !== "again") {
      requireWhole(old);
      for (const each of [old, name]) await requireStopped(systemd, each);
    }
    if (way === "root only") await removeEmpty(systemd, name);
    await withProgress(`Renaming ${old}`, () => rename(systemd, old, name, way === "again"));
    // The old one comes last: while its record says "renaming", the command can be repeated.
    writeDone(name, old);
  });
  await conclude([name, old], async () => {
    await recordEvent(name, { event: "renamed", was: old });
    if (options.json === true) printJson({ name, was: old, conf: confFile(name), unit: `sandbox@${name}.service` });
    else print(`Renamed ${old} to ${name}`);
  });
}

/** What an earlier command or the administrator has already done of a rename. */
interface RenameFacts {
  /** What a killed command did not finish with the old sandbox. */
  readonly task: Task | undefined;
  /** A rename was killed when everything was done. */
  readonly wasDone: boolean;
  /** Somebody has renamed the conf by hand. */
  readonly isConfRenamed: boolean;
}

/**
 * Decides what of a rename is left: nothing (`done`), all steps of one that was killed (`again`), the root after a conf
 * that was renamed by hand (`root only`), or all of it (`whole`).
 */
export function planRename(
  old: SandboxName,
  name: SandboxName,
  { task, wasDone, isConfRenamed }: RenameFacts,
): "done" | "again" | "root only" | "whole" {
  if (wasDone) return "done";
  if (task?.kind === "renaming" && task.old === old && task.name === name) return "again";
  return isConfRenamed ? "root only" : "whole";
}

const findWay = (old: SandboxName, name: SandboxName): ReturnType<typeof planRename> =>
  planRename(old, name, {
    task: readUnfinished(old)?.task,
    wasDone: wasDone(old),
    isConfRenamed: isHalfRenamed(old, name),
  });

function requireBoth(old: SandboxName, name: SandboxName): void {
  readOwnConf(old);
  requireFreeName(name);
}

/** Whether somebody has renamed the conf by hand, so that the root has to follow. */
const isHalfRenamed = (old: SandboxName, name: SandboxName): boolean =>
  listOrphans().includes(old) && existsSync(confFile(name)) && !existsSync(stateFile(name));

async function rename(systemd: Systemd, old: SandboxName, name: SandboxName, isRepeated: boolean): Promise<void> {
  for (const each of [old, name]) writeUnfinished(each, { kind: "renaming", old, name });
  const enabled: string[] = [];
  for (const type of ["service", "timer"])
    if ((await systemd.readEnablement(`sandbox@${old}.${type}`)) === "enabled") enabled.push(type);
  for (const type of enabled) await systemd.enableUnit(`sandbox@${name}.${type}`);
  // If an earlier rename was killed, it may have stopped the timer already.
  const hadTimer = isRepeated ? enabled.includes("timer") : await isTimerActive(systemd, old);
  if (hadTimer) await systemd.runJob("StopUnit", timerUnit(old));
  const hadSnapshots = await moveSnapshots(systemd, old, name);
  await unmountImage(systemd, old);
  unloadProfiles(old);
  moveConf(old, name);
  if (existsSync(stateDirectory(old))) renameSync(stateDirectory(old), stateDirectory(name));
  await systemd.disableUnit(`sandbox@${old}.service`);
  await removeTimer(systemd, old);
  moveTimerStamp(old, name);
  for (const log of globSync(`/var/log/libvirt/lxc/${old}.log*`))
    renameSync(log, log.replace(`${old}.log`, `${name}.log`));
  await systemd.reload();
  for (const step of ["sandbox", "sandbox-root", "sandbox-image"]) await systemd.resetFailed(`${step}@${old}.service`);
  if (existsSync(stateDirectory(name))) await renameRoot(systemd, name, isRepeated);
  if (hadTimer) await systemd.runJob("StartUnit", timerUnit(name));
  if (hadSnapshots || (isRepeated && takesSnapshots(loadConf(name)))) await startSnapshots(systemd, name);
}

async function renameRoot(systemd: Systemd, name: SandboxName, isRepeated: boolean): Promise<void> {
  // The files that were prepared for a start contain the old name.
  removeStamps(name);
  await mountImage(systemd, name);
  forgetIdentity(name, "name", { wasBegun: isRepeated });
  await makeRoot(systemd, name);
}

/** Removes what steps of a start made for a conf without a root, such as an empty image. */
async function removeEmpty(systemd: Systemd, name: SandboxName): Promise<void> {
  await unmountImage(systemd, name);
  await removeState(name);
}

function moveConf(old: SandboxName, name: SandboxName): void {
  // Who renamed the conf by hand may have forgotten its drop-ins.
  if (existsSync(`${confFile(old)}.d`) && !existsSync(`${confFile(name)}.d`))
    renameSync(`${confFile(old)}.d`, `${confFile(name)}.d`);
  if (!existsSync(confFile(old))) return;
  // A link fails where a rename would replace.
  if (!existsSync(confFile(name))) linkSync(confFile(old), confFile(name));
  rmSync(confFile(old));
  // The root, which gets the new name next, may be on another disk.
  syncFolder(dirname(confFile(name)));
}
