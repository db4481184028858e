import { describeError, SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { openStarter } from "../../host/libvirt/start-domain.ts";
import type { KnownProcess } from "../../host/process/processes.ts";
import { requireEnforcing } from "../../host/walls/selinux.ts";
import { describeFormer, findFormer } from "../../sandbox/orphans.ts";
import { hasStamp } from "../../sandbox/populate/record-content.ts";
import { ensureProfile } from "../apparmor-profile.ts";
import { attachSandbox } from "../attach/attach-sandbox.ts";
import { setUpNetwork } from "../network/set-up-network.ts";
import { isOfOtherBuild, requireStartPlan } from "../plan/kept-plan.ts";
import type { StartPlan } from "../plan/start-plan.ts";
import { warnOfLocalOnly } from "../ports/find-local-only.ts";
import { openPorts, preparePorts } from "../ports/set-up-ports.ts";
import { openRunRecord } from "../running/run-record.ts";
import { thawFrozen } from "../thaw-frozen.ts";
import { awaitListener } from "./await-listener.ts";
import { careUntilReady } from "./care-until-ready.ts";
import { askForCleared } from "./cleared.ts";
import { configurePackages, prepareRoot } from "./configure-packages.ts";
import { openPipes } from "./copy-console.ts";
import { awaitOutcome, reportOutcome } from "./outcome.ts";
import { releaseMounts } from "./release-mounts.ts";
import {
  requireOwnUnit,
  requireReady,
  requireSockets,
  requireUnits,
  warnOfChangedConf,
  warnOfForeignCredentials,
} from "./require-ready.ts";
import { settleClaims } from "./settle-claims.ts";
import { startContainer } from "./start-container.ts";
import { takeTurn } from "./take-turn.ts";
import { waitLonger } from "./with-time.ts";

/**
 * Makes libvirt start the container from the files of prepare, and resolves when the service inside is ready. libvirt's
 * controller, which systemd takes for the main process, and a process that copies the console stay behind. Throws a
 * SandboxError that says what went wrong.
 */
export async function launchSandbox(name: SandboxName): Promise<void> {
  // The generator's drop-in sets this.
  const { STAMP: stamp = "" } = process.env;
  requireOwnUnit(name);
  warnOfChangedConf(name);
  const plan = await settlePlan(name, stamp);
  warnOfForeignCredentials(plan);
  const { control, ports } = plan;
  if (control.kind === "selinux") requireEnforcing();
  if (control.kind === "apparmor") await ensureProfile(name, control.profile);
  await configurePackages(name);
  const turn = await takeTurn(name);
  await thawFrozen(name);
  const attached = attach(name, plan, () => preparePorts(name, ports));
  // It answers meanwhile.
  const libvirt = openStarter();
  await Promise.all([attached, requireSockets(name, plan.sockets)]);
  await setUpNetwork(name, plan.network);
  // The pipes are opened before anything runs that could replace them.
  const pipes = openPipes(name, plan.pipes);
  if (plan.pipes.active) askForCleared(name);
  // We listen before anything runs: we would miss a pipe that is opened earlier.
  const outcome = awaitOutcome(pipes.outcome.reader, pipes.active);
  // This is awaited later. Until then a failure must not count as an unhandled rejection.
  outcome.catch(() => undefined);
  const container = await startContainer(name, { plan, pipes, libvirt, record: openRunRecord(name, stamp, plan) });
  const release = atMostOnce(() => {
    releaseMounts(name);
    turn.end();
  });
  await careUntilReady(container, plan, { outcome, ...pipes.outcome, release });
  const said = await waitLonger(name, plan.unitSeconds, outcome);
  if (said.isReady && plan.awaited.length > 0 && container.init !== undefined) {
    release();
    await openOnDemand(name, container.init, plan);
  }
  await reportOutcome(container, control, said);
  release();
  if (ports !== null && container.init !== undefined) warnOfLocalOnly(name, container.init.pid);
}

/** Has the root made and the start prepared, if they are not, and takes what no other sandbox may have. */
async function settlePlan(name: SandboxName, stamp: string): Promise<StartPlan> {
  if (stamp === "" || !hasStamp(name, stamp) || isOfOtherBuild(name)) {
    const [former] = findFormer(name, stamp);
    if (former !== undefined) throw describeFormer(name, former);
    await prepareRoot(name);
  }
  return settleClaims(name, async () => {
    await requireReady(name, stamp === "" ? "start" : stamp);
    const plan = requireStartPlan(name);
    await requireUnits(name, plan.units);
    return plan;
  });
}

function atMostOnce(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

async function openOnDemand(name: SandboxName, init: KnownProcess, { awaited, ports }: StartPlan): Promise<void> {
  await awaitListener(name, init, awaited);
  await openPorts(name, ports);
}

async function attach(name: SandboxName, plan: StartPlan, meanwhile: () => Promise<void>): Promise<void> {
  let other: Promise<void> | undefined;
  try {
    await attachSandbox(name, plan, () => (other = meanwhile()));
  } catch (error) {
    // If that failed, it says why itself.
    await other;
    throw new SandboxError(`the root of ${name} could not be mounted: ${describeError(error)}`, { cause: error });
  }
}
