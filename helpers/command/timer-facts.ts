import { type Conf, isJob, takesSnapshots } from "../../conf/conf.ts";
import type { BriefState, Systemd } from "../host/systemd/systemd.ts";
import type { TimerState } from "../host/systemd/timer-state.ts";
import { timerUnit } from "../sandbox/job-timer.ts";
import { snapshotService, snapshotTimer } from "../sandbox/snapshot-timer.ts";

export interface TimerFacts {
  /** systemd's ActiveState of the timer. */
  readonly state: string;
  readonly substate: string;
  /** When it starts the job next, in seconds since the epoch; null while the job runs, and without a next time. */
  readonly next: number | null;
  /** When it last started the job; null if it never did. */
  readonly last: number | null;
}

export interface SnapshotTimerFacts extends TimerFacts {
  /** Whether the last snapshot that it started failed. */
  readonly failed: boolean;
}

/** The timers of jobs and of snapshots, and the services of snapshots, by name. */
export interface TimerUnits {
  readonly jobs: ReadonlyMap<string, TimerState>;
  readonly snapshots: ReadonlyMap<string, TimerState>;
  readonly services: ReadonlyMap<string, BriefState>;
}

/** Reads those of one sandbox, or of all (`*`). systemd is asked only for what a conf has. */
export async function readTimerUnits(
  systemd: Systemd,
  which: string,
  confs: readonly (Conf | undefined)[],
): Promise<TimerUnits> {
  const hasSome = (has: (conf: Conf) => boolean): boolean => confs.some((conf) => conf !== undefined && has(conf));
  const areKept = hasSome(takesSnapshots);
  const [jobs, snapshots, services] = await Promise.all([
    hasSome(isJob) ? systemd.readTimers(`sandbox@${which}.timer`) : new Map<string, TimerState>(),
    areKept ? systemd.readTimers(`sandbox-snapshot@${which}.timer`) : new Map<string, TimerState>(),
    areKept ? systemd.readBriefStates(`sandbox-snapshot@${which}.service`) : new Map<string, BriefState>(),
  ]);
  return { jobs, snapshots, services };
}

/** What is shown of the timers of a sandbox. */
export const describeTimers = (
  conf: Conf | null,
  units: TimerUnits,
): { readonly timer: TimerFacts | null; readonly snapshotTimer: SnapshotTimerFacts | null } => ({
  timer: conf === null || !isJob(conf) ? null : describeTimer(units.jobs.get(timerUnit(conf.name))),
  snapshotTimer:
    conf === null || !takesSnapshots(conf)
      ? null
      : {
          ...describeTimer(units.snapshots.get(snapshotTimer(conf.name))),
          failed: units.services.get(snapshotService(conf.name))?.active === "failed",
        },
});

// systemd does not load a timer that nobody started.
const describeTimer = ({ active: state, sub: substate, next, last } = neverStarted): TimerFacts => ({
  ...{ state, substate, next, last },
});

const neverStarted: TimerState = { active: "inactive", sub: "dead", next: null, last: null };
