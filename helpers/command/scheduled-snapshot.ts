import { describeError, SandboxError } from "../../base/errors.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { keepOf } from "../../conf/check-snapshots.ts";
import type { Keep } from "../../conf/values/keep.ts";
import { ValueError } from "../../conf/values/values.ts";
import { verifyConf } from "../../conf/verify-conf.ts";
import type { Systemd } from "../host/systemd/systemd.ts";
import { removeUnfinished, requireWhole, writeUnfinishedIfRoom } from "../sandbox/hold/unfinished.ts";
import { isActive, requireRootAtRest } from "../sandbox/require-stopped.ts";
import { chooseSurplus } from "../sandbox/snapshots/choose-surplus.ts";
import { nameScheduled, parseScheduled } from "../sandbox/snapshots/scheduled-name.ts";
import { listSnapshots, removeSnapshot } from "../sandbox/snapshots/snapshots.ts";
import { isInterrupted } from "../sandbox/upgrade/upgrade-sandbox.ts";
import { keepSnapshot, requireRootThere } from "./keep-snapshot.ts";

/** What a scheduled snapshot did. */
export interface ScheduledResult {
  readonly snapshot: string;
  /** How long the sandbox was frozen, in seconds; null if it did not run. */
  readonly frozen: number | null;
  readonly removed: readonly string[];
  /** What an administrator should know. */
  readonly warnings: readonly string[];
}

/**
 * Does what [Snapshots] wants at its times: keeps a copy of the root, frozen while it is copied, and removes those that Keep= does
 * not want any more once the new one is whole. The caller must hold the sandbox. Throws a SandboxError; also if the new one is
 * whole, and old ones could not be removed.
 */
export async function takeScheduled(systemd: Systemd, name: SandboxName): Promise<ScheduledResult> {
  requireWhole(name);
  requireRootThere(name);
  if (isInterrupted(name))
    throw new SandboxError(`an upgrade of ${name} was interrupted, so its root is not whole`, {
      hint: `Finish it: sandboxcontainer upgrade ${name}`,
    });
  await requireRootAtRest(systemd, name);
  const snapshot = nameScheduled(Math.floor(Date.now() / 1000), listNames(name));
  const wasActive = await isActive(systemd, name);
  const frozen = await keepSnapshot(name, snapshot);
  try {
    return { snapshot, frozen: wasActive ? frozen : null, ...(await removeSurplus(systemd, name, snapshot)) };
  } finally {
    removeUnfinished(name);
  }
}

const listNames = (name: SandboxName): readonly string[] => listSnapshots(name).map(({ snapshot }) => snapshot);

async function removeSurplus(
  systemd: Systemd,
  name: SandboxName,
  made: string,
): Promise<Pick<ScheduledResult, "removed" | "warnings">> {
  const { surplus, future } = chooseSurplus(listNames(name), readKeep(name, made), parseScheduled(made)?.time ?? 0);
  const warnings =
    future.length === 0
      ? []
      : [`the time of these snapshots is yet to come, so Keep= does not count them: ${future.join(" ")}`];
  // Somebody may want to go back to one from before it.
  const upgrade = `sandbox-upgrade@${name}.service`;
  if (surplus.length > 0 && (await systemd.readUnit(upgrade))["ActiveState"] === "failed")
    return { removed: [], warnings: [...warnings, `the last upgrade of ${name} failed, so no snapshot was removed`] };
  const removed: string[] = [];
  const errors: string[] = [];
  for (const each of surplus) {
    writeUnfinishedIfRoom(name, { kind: "forgetting", snapshot: each });
    await removeSnapshot(name, each).then(
      () => removed.push(each),
      (error: unknown) => errors.push(describeError(error)),
    );
  }
  if (errors.length > 0)
    throw new SandboxError(`made snapshot ${made} of ${name}, but old ones cannot be removed: ${errors.join("; ")}`);
  return { removed, warnings };
}

// Other mistakes in the conf keep nobody from having a snapshot.
function readKeep(name: SandboxName, made: string): Keep {
  const { conf } = verifyConf(name);
  const without = `made snapshot ${made} of ${name}, but removed no old ones`;
  if (conf === undefined)
    throw new SandboxError(`${without}: its conf cannot be read`, { hint: `See sandboxcontainer verify ${name}` });
  try {
    return keepOf(conf);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new SandboxError(`${without}: Keep=: ${error.message}`, { hint: `See sandboxcontainer verify ${name}` });
  }
}

/** One line for the journal. */
export function describeResult(name: SandboxName, { snapshot, frozen, removed }: ScheduledResult): string {
  const stood = frozen === null ? "" : `, for which it was frozen for ${frozen.toFixed(1)} s`;
  return `Made snapshot ${snapshot} of ${name}${stood}${removed.length === 0 ? "" : `. Removed ${removed.join(" ")}`}`;
}
