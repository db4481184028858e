import type { SandboxName } from "../../base/sandbox-name.ts";
import { type Conf, takesSnapshots } from "../../conf/conf.ts";
import type { Systemd } from "../host/systemd/systemd.ts";
import { isActiveTimer, moveStamp, removeStamp, stopTimer } from "./timers.ts";

/** The unit that starts `snapshotService` at its times. The generator adds these, and starts it at boot. */
export const snapshotTimer = (name: SandboxName): string => `sandbox-snapshot@${name}.timer`;
export const snapshotService = (name: SandboxName): string => `sandbox-snapshot@${name}.service`;

/**
 * Makes the timer of snapshots follow a new conf, after a daemon-reload: starts it if the conf is new or its times are, and stops it
 * if it has none. One that the administrator has masked, or stopped since, stays so. `before` is undefined if there was no conf, or
 * one that could not be read. Returns whether the timer runs.
 */
export async function followSnapshots(systemd: Systemd, before: Conf | undefined, after: Conf): Promise<boolean> {
  if (!takesSnapshots(after)) {
    if (before !== undefined && takesSnapshots(before)) await forgetSnapshots(systemd, after.name);
    return false;
  }
  if (before === undefined || timesOf(before) !== timesOf(after)) await startSnapshots(systemd, after.name);
  return isActiveTimer(systemd, snapshotTimer(after.name));
}

const timesOf = ({ snapshots }: Conf): string =>
  JSON.stringify(snapshots.filter(({ key }) => key !== "Keep").map(({ key, value }) => [key, value]));

/** Starts the timer, or computes its next time anew, unless it is masked. */
export async function startSnapshots(systemd: Systemd, name: SandboxName): Promise<void> {
  if ((await systemd.readEnablement(snapshotTimer(name))).startsWith("masked")) return;
  await systemd.runJob("RestartUnit", snapshotTimer(name));
}

/** Makes systemd forget the timer and its last result. Without one this does nothing. */
export async function forgetSnapshots(systemd: Systemd, name: SandboxName): Promise<void> {
  await stopTimer(systemd, snapshotTimer(name));
  for (const unit of [snapshotTimer(name), snapshotService(name)]) await systemd.resetFailed(unit);
  removeStamp(snapshotTimer(name));
}

/** Stops the timer for a rename, and keeps for the new name when it last ran. Returns whether it ran. */
export async function moveSnapshots(systemd: Systemd, old: SandboxName, name: SandboxName): Promise<boolean> {
  const wasActive = await isActiveTimer(systemd, snapshotTimer(old));
  await stopTimer(systemd, snapshotTimer(old));
  moveStamp(snapshotTimer(old), snapshotTimer(name));
  for (const unit of [snapshotTimer(old), snapshotService(old)]) await systemd.resetFailed(unit);
  return wasActive;
}
