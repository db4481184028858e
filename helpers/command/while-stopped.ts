import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { Systemd } from "../host/systemd.ts";
import { areAllStopped, describeRunning } from "../sandbox/require-stopped.ts";
import { explainFailure } from "./explain-failure.ts";

/**
 * Runs work on a root while no part of its sandbox runs. A running one is refused, or with `restart` stopped before and
 * started again afterwards.
 */
export async function whileStopped<T>(
  systemd: Systemd,
  name: SandboxName,
  { verb, restart = false }: { readonly verb: "upgrade" | "revert"; readonly restart?: boolean | undefined },
  work: () => Promise<T>,
): Promise<T> {
  const wasRunning = !(await areAllStopped(systemd, name));
  if (wasRunning && !restart) throw describeRunning(name, verb);
  const unit = `sandbox@${name}.service`;
  if (wasRunning) await requireJob(systemd, "StopUnit", unit, `sandbox ${name} does not stop`);
  try {
    return await work();
  } finally {
    if (wasRunning) await requireJob(systemd, "StartUnit", unit, `sandbox ${name} does not start`);
  }
}

/** Starts or stops a unit; throws why it did not work. */
export async function requireJob(
  systemd: Systemd,
  verb: "StartUnit" | "StopUnit",
  unit: string,
  failure: string,
): Promise<void> {
  const result = await systemd.runJob(verb, unit);
  if (result !== "done") throw await explainFailure(systemd, unit, failure);
}
