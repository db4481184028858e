import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { orMissing } from "../../base/files.ts";
import { confFile, helperDirectory, runtimeDirectory, stateDirectory, stateRoot } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { isSocketOf } from "../../conf/values/publish.ts";
import { run } from "../host/process/run.ts";
import type { Systemd } from "../host/systemd/systemd.ts";
import { unloadProfiles } from "../host/walls/apparmor.ts";
import { hashText, readUnfinished, removeUnfinished, type Task, writeUnfinishedIfRoom } from "./hold/unfinished.ts";
import { removeTimer, removeTimerStamp, timerUnit } from "./job-timer.ts";
import { forgetSnapshots } from "./snapshot-timer.ts";
import { unmountImage } from "./image/mount-image.ts";
import { syncFolder } from "./state.ts";
import { stopMaking } from "./stop-making.ts";

const anyStatus = Array.from({ length: 256 }, (_, status) => status);

/**
 * Stops a sandbox, and removes its conf and all its data. If this is killed, it can be repeated. The caller must hold
 * the name.
 */
export async function removeSandbox(systemd: Systemd, name: SandboxName): Promise<void> {
  const unit = `sandbox@${name}.service`;
  mkdirSync(stateRoot, { recursive: true, mode: 0o700 });
  writeUnfinishedIfRoom(name, { kind: "deleting" });
  // The sockets and the timers come first, because they would start the sandbox again, or a snapshot.
  for (const socket of await systemd.listUnits(`sandbox-${name}-*.socket`)) {
    if (isSocketOf(name, socket)) await systemd.runJob("StopUnit", socket);
  }
  await removeTimer(systemd, name);
  await forgetSnapshots(systemd, name);
  await systemd.runJob("StopUnit", `sandbox-configure@${name}.service`);
  const stopped = await systemd.runJob("StopUnit", unit);
  if (stopped !== "done")
    throw new SandboxError(`sandbox ${name} did not stop (${stopped})`, { hint: `See journalctl -u ${unit}` });
  await systemd.disableUnit(unit);
  // The conf goes before the root, because without it nothing makes the root again meanwhile.
  removeConf(name);
  await stopMaking(systemd, name);
  // If the last step of a stop was killed, mounts may remain. The exit status is that of the service.
  if (existsSync(runtimeDirectory(name))) await run(join(helperDirectory, "detach"), [name], { accept: anyStatus });
  await unmountImage(systemd, name);
  unloadProfiles(name);
  await removeState(name);
  removeTimerStamp(name);
  for (const log of globSync(`/var/log/libvirt/lxc/${name}.log*`)) rmSync(log);
  await systemd.reload();
  const parts = ["root", "image", "configure", "upgrade", "snapshot"].map((part) => `sandbox-${part}@${name}.service`);
  for (const leftover of [unit, ...parts]) await systemd.resetFailed(leftover);
}

/** Removes a sandbox that a killed command was making. Throws a SandboxError if somebody has written a conf since. */
export async function removeHalfMade(systemd: Systemd, name: SandboxName): Promise<void> {
  const task = readUnfinished(name)?.task;
  if (task?.kind !== "making") return;
  if (!isOwnConf(name, task))
    throw new SandboxError(`the name ${name} is taken: ${confFile(name)} was written by somebody else`, {
      hint: `Choose another name, or remove the sandbox with \`sandboxcontainer delete ${name}\``,
    });
  await unmake(systemd, name, task);
  removeUnfinished(name);
}

type Making = Extract<Task, { readonly kind: "making" }>;

/** Whether nobody else has written the conf. */
function isOwnConf(name: SandboxName, { conf }: Making): boolean {
  const text = orMissing(() => readFileSync(confFile(name), "utf8"));
  return text === undefined || hashText(text) === conf;
}

/** Removes all parts of a sandbox that could not be made. What somebody else has written of its conf stays. */
export async function unmake(systemd: Systemd, name: SandboxName, task: Making): Promise<void> {
  const unit = `sandbox@${name}.service`;
  const isOwn = isOwnConf(name, task);
  for (const each of isOwn ? [unit, timerUnit(name)] : [])
    if ((await systemd.readEnablement(each)) === "enabled") await systemd.disableUnit(each);
  removeConf(name, [...(isOwn ? [confFile(name)] : []), ...(task.hadDropIns ? [] : [dropInFolder(name)])]);
  await stopMaking(systemd, name);
  await unmountImage(systemd, name);
  await removeState(name);
  await systemd.reload();
  for (const step of ["root", "image"]) await systemd.resetFailed(`sandbox-${step}@${name}.service`);
}

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
