import { readFileSync } from "node:fs";
import { orMissing } from "../../../base/files.ts";
import { type Conf, isJob, takesSnapshots } from "../../../conf/conf.ts";
import { type ConfSection, effectOf } from "../../../conf/keys/known-keys.ts";
import { timerKeys } from "../../../conf/keys/systemd-keys.ts";
import { settingNames, settings } from "../../../conf/settings.ts";
import { findController } from "../../host/libvirt/find-controller.ts";
import { run } from "../../host/process/run.ts";
import type { Systemd } from "../../host/systemd/systemd.ts";
import { followConf, timerUnit } from "../../sandbox/job-timer.ts";
import { followSnapshots, snapshotTimer } from "../../sandbox/snapshot-timer.ts";
import { print, printJson } from "../output.ts";

export interface Effect {
  /** Keys that are in effect now. */
  readonly live: readonly string[];
  /** Keys that take effect when the running sandbox is restarted. */
  readonly restart: readonly string[];
  /** Whether nothing of the sandbox runs. Then all that changed is in effect at its next start. */
  readonly isStopped?: boolean;
  /** Whether it is a job whose timer does not run. Then new times are in effect when the timer is started. */
  readonly isTimerStopped?: boolean;
  /** Those of `live` that are of snapshots, and whether their timer does not run although the conf has times. */
  readonly ofSnapshots?: { readonly keys: readonly string[]; readonly isStopped: boolean };
}

/** Makes systemd read a changed conf, and updates the limits of the running container. */
export async function putIntoEffect(systemd: Systemd, before: Conf | undefined, after: Conf): Promise<Effect> {
  await systemd.reload();
  const isTimerStopped = !(await followConf(systemd, before, after)) && isJob(after);
  const isSnapshotTimerActive = await followSnapshots(systemd, before, after);
  const changes = listChanges(before, after);
  const ofSnapshots = {
    keys: keysOf(changes.filter(({ section }) => section === "Snapshots")),
    isStopped: takesSnapshots(after) && !isSnapshotTimerActive,
  };
  const controller = findController(after.name);
  if (controller === undefined)
    return { live: keysOf(changes), restart: [], isStopped: true, isTimerStopped, ofSnapshots };
  const limits = keysOf(changes.filter(({ section }) => section === "Resources"));
  const areSet = limits.length === 0 || (await setLimits(controller.pid, limits, after));
  const isLive = ({ section, key }: Change): boolean =>
    effectOf(section, key) === "now" && (areSet || section !== "Resources");
  return {
    live: keysOf(changes.filter(isLive)),
    restart: keysOf(changes.filter((change) => !isLive(change))),
    ...{ isTimerStopped, ofSnapshots },
  };
}

interface Change {
  readonly section: ConfSection;
  readonly key: string;
}

const keysOf = (changes: readonly Change[]): readonly string[] => changes.map(({ key }) => key);

const listChanges = (before: Conf | undefined, after: Conf): readonly Change[] => [
  ...settingNames
    .filter((key) => JSON.stringify(before?.[key]) !== JSON.stringify(after[key]))
    .map((key) => ({ section: settings[key].section, key })),
  ...changedLines("Resources", before?.resources ?? [], after.resources),
  ...changedLines("Timer", before?.timer ?? [], after.timer),
  ...changedLines("Snapshots", before?.snapshots ?? [], after.snapshots),
  ...(["Unit", "Service", "Install"] as const).flatMap((section) =>
    changedLines(section, before?.passThrough[section] ?? [], after.passThrough[section]),
  ),
];

type Lines = readonly { readonly key: string; readonly value: string }[];

function changedLines(section: ConfSection, before: Lines, after: Lines): readonly Change[] {
  const valuesOf = (lines: Lines, key: string): string =>
    JSON.stringify(lines.filter((line) => line.key === key).map(({ value }) => value));
  const keys = new Set([...before, ...after].map(({ key }) => key));
  return [...keys].filter((key) => valuesOf(before, key) !== valuesOf(after, key)).map((key) => ({ section, key }));
}

/** Sets the limits on the scope that machined made, as launch does. Returns false if there is no scope. */
async function setLimits(pid: number, keys: readonly string[], conf: Conf): Promise<boolean> {
  const groups = orMissing(() => readFileSync(`/proc/${pid}/cgroup`, "utf8"));
  const scope = /^[^:]*:[^:]*:.*\/([^/\n]*\.scope)/m.exec(groups ?? "")?.[1];
  if (scope === undefined) return false;
  // An empty value after the `=` clears the earlier ones.
  const words = keys.flatMap((key) => [
    `${key}=`,
    ...conf.resources.filter((line) => line.key === key).map(({ value }) => `${key}=${value}`),
  ]);
  await run("systemctl", ["set-property", "--runtime", "--", scope, ...words]);
  return true;
}

export function reportEffect(
  { name }: Pick<Conf, "name">,
  { live, restart, isStopped = false, isTimerStopped = false, ofSnapshots = { keys: [], isStopped: false } }: Effect,
  options: { json?: boolean },
): void {
  const show = (keys: readonly string[]): string => keys.map((key) => `${key}=`).join(" ");
  if (options.json === true) printJson({ name, live, restartNeeded: restart.length > 0, restart });
  else if (live.length + restart.length === 0) print(`No settings of ${name} changed`);
  else {
    const rest = live.filter((key) => !ofSnapshots.keys.includes(key));
    // Those of [Timer] are in no other section but [Snapshots].
    const [times = [], others = []] = [true, false].map((isTime) =>
      rest.filter((key) => timerKeys.has(key) === isTime),
    );
    if (others.length > 0) print(`In effect${isStopped ? " at its next start" : ""}: ${show(others)}`);
    if (times.length > 0 && !isTimerStopped) print(`In effect: ${show(times)}`);
    if (times.length > 0 && isTimerStopped)
      print(`Needs its timer: ${show(times)}. Run: systemctl enable --now ${timerUnit(name)}`);
    if (ofSnapshots.keys.length > 0)
      print(
        ofSnapshots.isStopped
          ? `Needs its timer: ${show(ofSnapshots.keys)}. See systemctl status ${snapshotTimer(name)}`
          : `In effect: ${show(ofSnapshots.keys)}`,
      );
    if (restart.length > 0) print(`Needs a restart: ${show(restart)}. Run: systemctl restart sandbox@${name}`);
  }
}
