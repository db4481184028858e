import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findContainer } from "../../host/libvirt/find-controller.ts";
import type { Claim } from "../plan/start-plan.ts";
import { hasEarlierClaim, readEarlierContainer, readEarlierRun, readEarlierStamp, readPlanned } from "./earlier-run.ts";
import { findRunRecord, type RunContainer, runFile, type RunPlan } from "./run-record.ts";

/**
 * Reads what a sandbox runs with, for those who enter it: what is missing must never mean fewer walls. Throws a SandboxError
 * if nothing says that. Another build may have started it.
 */
export function requireRunning(name: SandboxName): RunPlan {
  const found = findRunRecord(name);
  if (found === "damaged") throw describeUnknown(name, "is damaged");
  if (found !== undefined) return found.plan;
  const earlier = readEarlierRun(name);
  if (earlier === undefined) throw describeUnknown(name, "is missing");
  return earlier;
}

/**
 * The same for those who only look. Of a sandbox that does not run it is what the next start has. Undefined if that is not
 * prepared, or something is damaged.
 */
export const tryReadRunning = (name: SandboxName): RunPlan | undefined => tryPlanOf(name, findRunRecord(name));

function tryPlanOf(name: SandboxName, found: ReturnType<typeof findRunRecord>): RunPlan | undefined {
  if (found === "damaged") return undefined;
  try {
    return found?.plan ?? readPlanned(name);
  } catch (error) {
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}

/** The container of a start; undefined if libvirt has not been asked, or everything has been taken down. */
export function readContainer(name: SandboxName): RunContainer | undefined {
  const found = findRunRecord(name);
  if (found === undefined) return readEarlierContainer(name);
  if (found !== "damaged") return found.container;
  const { init, controller } = findContainer(name);
  return init === undefined ? { kind: "asked" } : { kind: "started", init, controller: controller ?? null };
}

/** The stamp of the conf that a sandbox was started with; undefined if nothing says that. */
export const readStartedStamp = (name: SandboxName): string | undefined => stampOf(name, findRunRecord(name));

const stampOf = (name: SandboxName, found: ReturnType<typeof findRunRecord>): string | undefined =>
  found === "damaged" ? undefined : (found?.stamp ?? readEarlierStamp(name));

/** Both of these, for those who look at many sandboxes: the file is read and checked once. */
export function tryReadRun(name: SandboxName): {
  readonly plan: RunPlan | undefined;
  readonly stamp: string | undefined;
} {
  const found = findRunRecord(name);
  return { plan: tryPlanOf(name, found), stamp: stampOf(name, found) };
}

/** Whether a sandbox runs with what only one may have. It may if nothing says what it has. */
export function runsWith(name: SandboxName, claim: Claim): boolean {
  const found = findRunRecord(name);
  return found === undefined ? hasEarlierClaim(name, claim) : found === "damaged" || found.plan.claims.includes(claim);
}

const describeUnknown = (name: SandboxName, what: string): SandboxError =>
  new SandboxError(`${runFile(name)} ${what}, so nothing says which walls ${name} has`, {
    hint: `If it has started: systemctl restart sandbox@${name}`,
  });
