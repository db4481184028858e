import { SandboxError } from "../../base/errors.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { type Conf, isJob } from "../../conf/conf.ts";
import { loadConf } from "../../conf/load-conf.ts";
import { verifyConf } from "../../conf/verify-conf.ts";
import type { Systemd } from "../host/systemd/systemd.ts";
import { isActiveTimer, moveStamp, removeStamp, stopTimer } from "./timers.ts";

/** The unit that starts a job at its times. It is a template, as sandbox@.service is; the generator adds the times. */
export const timerUnit = (name: SandboxName): string => `sandbox@${name}.timer`;

/** The unit that `enable` and `disable` are about: of a job its timer, because a boot is no time of it. */
export const bootUnit = (conf: Pick<Conf, "name" | "timer">): string =>
  isJob(conf) ? timerUnit(conf.name) : `sandbox@${conf.name}.service`;

/** The same for a sandbox by its name, whatever is wrong with its conf. */
export function findBootUnit(name: SandboxName): string {
  try {
    return bootUnit(loadConf(name));
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return bootUnit(verifyConf(name).conf ?? { name, timer: [] });
  }
}

/** Whether the timer waits for the next time, or for the job to end. */
export const isTimerActive = (systemd: Pick<Systemd, "readTimers">, name: SandboxName): Promise<boolean> =>
  isActiveTimer(systemd, timerUnit(name));

/** Makes systemd forget a timer that runs, or that starts at boot. Without one this does nothing. */
export async function removeTimer(systemd: Systemd, name: SandboxName): Promise<void> {
  const unit = timerUnit(name);
  await stopTimer(systemd, unit);
  await systemd.disableUnit(unit);
  await systemd.resetFailed(unit);
}

/** Forgets when the timer last started the job, so that a new sandbox of this name begins anew. */
export function removeTimerStamp(name: SandboxName): void {
  removeStamp(timerUnit(name));
}

/** Keeps for a new name when the timer last started the job. */
export function moveTimerStamp(old: SandboxName, name: SandboxName): void {
  moveStamp(timerUnit(old), timerUnit(name));
}

/**
 * Makes a timer follow a change of its conf, after a daemon-reload. systemd computes the next time of a timer that waits, but
 * one that has no more times, or that the change adds or ends, it leaves alone. `before` is undefined if it could not be read.
 * Returns whether the timer runs.
 */
export async function followConf(systemd: Systemd, before: Conf | undefined, after: Conf): Promise<boolean> {
  if (!isJob(after)) {
    if (before === undefined || isJob(before)) await removeTimer(systemd, after.name);
    return false;
  }
  const isActive = await isTimerActive(systemd, after.name);
  if (isActive && timesOf(before) !== timesOf(after)) await systemd.runJob("RestartUnit", timerUnit(after.name));
  return isActive;
}

const timesOf = (conf: Conf | undefined): string => JSON.stringify(conf?.timer.map(({ key, value }) => [key, value]));
