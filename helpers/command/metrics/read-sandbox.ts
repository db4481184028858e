import { statfsSync } from "node:fs";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { imageMountPoint } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { hashConf, stampOf } from "../../../conf/conf-hash.ts";
import { type Conf, takesSnapshots } from "../../../conf/conf.ts";
import type { LoadedConf } from "../../../conf/load-conf.ts";
import { findController } from "../../host/libvirt/find-controller.ts";
import type { Traffic } from "../../host/network/traffic.ts";
import { readUsage } from "../../host/process/cgroup.ts";
import { readStart, type StartTime } from "../../host/process/processes.ts";
import type { BriefState } from "../../host/systemd/systemd.ts";
import { nameInterface } from "../../run/network/plan-interface.ts";
import type { AreRulesLoaded } from "../../run/ports/load-rules.ts";
import { tryReadRun } from "../../run/running/read-running.ts";
import type { RunPlan } from "../../run/running/run-record.ts";
import { isImageMounted } from "../../sandbox/image/mount-image.ts";
import { listSnapshots } from "../../sandbox/snapshots/snapshots.ts";
import { tryReadState } from "../../sandbox/state.ts";
import { readConflicts } from "../../sandbox/upgrade/decide.ts";
import type { CountDenials } from "../audit/read-audit.ts";
import type { RootSizes } from "../measure-roots.ts";
import { warn } from "../output.ts";
import { isConfinedBy } from "../sandbox-facts.ts";
import type { FindDue } from "../upgrades-due.ts";
import type { RunningReading, SandboxReading } from "./metrics.ts";

/** What is read once for all sandboxes, before any of them. */
interface Before {
  readonly confs: ReadonlyMap<SandboxName, LoadedConf>;
  readonly traffic: ReadonlyMap<string, Traffic>;
  readonly startTime: StartTime;
  readonly machineId: string;
}

/** What other programs of the host have answered, for all sandboxes. */
interface Answers {
  readonly countDenied: CountDenials;
  readonly findDue: FindDue;
  readonly areRulesLoaded: AreRulesLoaded;
  readonly sizes: RootSizes | undefined;
}

/** What files tell of a sandbox. */
export interface Found extends Pick<
  SandboxReading,
  "confError" | "disk" | "snapshots" | "newestSnapshot" | "conflicts"
> {
  readonly running: Omit<RunningReading, "portsLost"> | null;
  /** Whether its conf has times of snapshots. */
  readonly takesSnapshots: boolean;
  readonly level: string | null;
  readonly profile: string | null;
}

/** Reads files of the host about a sandbox; undefined if they cannot be read. */
export const beginReading = (name: SandboxName, before: Before): Found | undefined =>
  orUnknown(name, () => {
    const loaded = before.confs.get(name);
    const conf = loaded === undefined || loaded.errors.length > 0 ? null : loaded.conf;
    const { plan, stamp } = tryReadRun(name);
    const control = plan?.control;
    const snapshots = listSnapshots(name);
    return {
      confError: conf === null,
      running: readRunning(name, conf, { control, stamp }, before),
      disk: readImage(name),
      ...{ snapshots: snapshots.length, newestSnapshot: snapshots.at(-1)?.made ?? null },
      conflicts: readConflicts(name).length,
      takesSnapshots: loaded !== undefined && takesSnapshots(loaded.conf),
      level: tryReadState(name)?.level ?? null,
      profile: control?.kind === "apparmor" ? control.profile : null,
    };
  });

interface Started {
  readonly control: RunPlan["control"] | undefined;
  readonly stamp: string | undefined;
}

function readRunning(
  name: SandboxName,
  conf: Conf | null,
  { control, stamp }: Started,
  { traffic, startTime, machineId }: Before,
): Found["running"] {
  const controller = findController(name);
  if (controller === undefined) return null;
  const began = readStart(controller.initPid);
  return {
    began: began === undefined ? null : startTime(began),
    usage: orMissing(() => readUsage(controller.pid)) ?? null,
    traffic: ["sb-", "sp-"].flatMap((prefix) => traffic.get(nameInterface(prefix, name)) ?? []),
    confChanged: conf === null || (stamp !== undefined && stamp !== stampOf(hashConf(conf), machineId)),
    unconfined: !isConfinedBy(name, control, controller.initPid),
  };
}

// It asks the file system, and reads nothing in it.
function readImage(name: SandboxName): SandboxReading["disk"] {
  if (!isImageMounted(name)) return { used: null, size: null };
  const { bsize, blocks, bfree } = statfsSync(imageMountPoint(name));
  return { used: (blocks - bfree) * bsize, size: blocks * bsize };
}

/** Adds what other programs have answered. Without what files tell, it has a state all the same. */
export function finishReading(
  name: SandboxName,
  { active: state, restarts, isSnapshotFailed = false }: BriefState & { readonly isSnapshotFailed?: boolean },
  found: Found | undefined,
  { countDenied, findDue, areRulesLoaded, sizes }: Answers,
): SandboxReading {
  const { level, profile, running, takesSnapshots: hasTimer, ...known } = found ?? nothing;
  const due = orUnknown(name, () => findDue(name));
  return {
    ...{ name, state, restarts, ...known },
    running: running === null ? null : { ...running, portsLost: !areRulesLoaded(name) },
    disk: { used: sizes?.get(name) ?? known.disk.used, size: known.disk.size },
    snapshotFailed: hasTimer ? isSnapshotFailed : null,
    deniedToday: countDenied({ name, level, profile }),
    ...{ outdatedPackages: due?.packages ?? null, outdatedFiles: due?.files ?? null },
  };
}

const nothing = {
  ...{ confError: null, running: null, disk: { used: null, size: null }, level: null, profile: null },
  ...{ snapshots: null, newestSnapshot: null, takesSnapshots: false, conflicts: null },
};

// One that cannot be read, for example because its disk fails, hides nothing of the others.
function orUnknown<Result>(name: SandboxName, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SandboxError) && !(error instanceof Error && "code" in error)) throw error;
    warn(`${name}: ${describeError(error)}`);
    return undefined;
  }
}
