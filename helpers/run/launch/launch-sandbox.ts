import { writeFile } from "../../host/write-file.ts";
import { describeError, SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { connectLibvirt } from "../../host/libvirt.ts";
import type { KnownProcess } from "../../host/process-start.ts";
import { requireEnforcing } from "../../host/selinux.ts";
import { ensureProfile } from "../apparmor/settle-profile.ts";
import { attachSandbox } from "../attach/attach-sandbox.ts";
import { describeFormer, findFormer } from "../../sandbox/orphans.ts";
import { hasStamp } from "../../sandbox/populate/stamp.ts";
import { setUpNetwork } from "../network/set-up-network.ts";
import { warnOfLocalOnly } from "../ports/find-local-only.ts";
import { openPorts, setUpPorts } from "../ports/set-up-ports.ts";
import { type PreparedStart, readPreparedStart, runtimeFile } from "../start-files.ts";
import { thawFrozen } from "../thaw-frozen.ts";
import { waitLonger } from "./ask-for-time.ts";
import { awaitListener } from "./await-listener.ts";
import { awaitOutcome } from "./await-outcome.ts";
import { careUntilReady } from "./care-until-ready.ts";
import { askForCleared } from "./cleared.ts";
import { configurePackages } from "./configure-packages.ts";
import { openPipes } from "./open-pipes.ts";
import { prepareRoot } from "./prepare-root.ts";
import { releaseMounts } from "./release-mounts.ts";
import { reportOutcome } from "./report-outcome.ts";
import { requireReady, warnOfChangedConf } from "./require-ready.ts";
import { requireUnits } from "./require-units.ts";
import { requireSockets } from "./require-sockets.ts";
import { settleClaims } from "./settle-claims.ts";
import { startContainer } from "./start-container.ts";
import { takeTurn } from "./take-turn.ts";

/**
 * Makes libvirt start the container from the files of prepare, and resolves when the service inside is ready. libvirt's
 * controller, which systemd takes for the main process, and two processes that copy the console stay behind. Throws a
 * SandboxError that says what went wrong.
 */
export async function launchSandbox(name: SandboxName): Promise<void> {
  // The generator's drop-in sets this.
  const { STAMP: stamp = "" } = process.env;
  warnOfChangedConf(name);
  if (stamp === "" || !hasStamp(name, stamp)) {
    const [former] = findFormer(name, stamp);
    if (former !== undefined) throw describeFormer(name, former);
    await prepareRoot(name);
  }
  const ready = (): Promise<void> => requireReady(name, stamp === "" ? "start" : stamp);
  await ready();
  await requireUnits(name);
  await settleClaims(name, ready);
  const start = readPreparedStart(name);
  if (start.control.kind === "selinux") requireEnforcing();
  if (start.control.kind === "apparmor") await ensureProfile(name, start.control.profile);
  await configurePackages(name);
  const turn = await takeTurn(name);
  await thawFrozen(name);
  const attached = attach(name, () => setUpPorts(name, start.awaited.length > 0));
  // This runs meanwhile, because loading libvirt's libraries takes as long as mounting.
  const libvirt = connectLibvirt();
  await Promise.all([attached, requireSockets(name, start.sockets)]);
  // `list` uses this to see that a conf is newer than the running sandbox.
  writeFile(runtimeFile(name, "started"), `${stamp}\n`);
  if (start.hasNetwork) await setUpNetwork(name);
  // The pipes are opened before anything runs that could replace them.
  const pipes = openPipes(name, start);
  if (start.pipes.active) askForCleared(name);
  // We listen before anything runs: we would miss a pipe that is opened earlier.
  const outcome = awaitOutcome(pipes.outcome.reader, pipes.active);
  // This is awaited later. Until then a failure must not count as an unhandled rejection.
  outcome.catch(() => undefined);
  const container = await startContainer(name, start, pipes, libvirt);
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => (released ??= releaseMounts(name).finally(turn.end));
  await careUntilReady(container, start, { outcome, ...pipes.outcome, release });
  const said = await waitLonger(name, outcome);
  if (said.isReady && start.awaited.length > 0 && container.init !== undefined) {
    await release();
    await openOnDemand(name, container.init, start);
  }
  await reportOutcome(container, start.control, said);
  await release();
  if (start.link !== undefined && container.init !== undefined) warnOfLocalOnly(name, container.init.pid);
}

async function openOnDemand(name: SandboxName, init: KnownProcess, { awaited }: PreparedStart): Promise<void> {
  await awaitListener(name, init, awaited);
  await openPorts(name);
}

async function attach(name: SandboxName, meanwhile: () => Promise<void>): Promise<void> {
  let other: Promise<void> | undefined;
  try {
    await attachSandbox(name, () => (other = meanwhile()));
  } catch (error) {
    // If that failed, it says why itself.
    await other;
    throw new SandboxError(`the root of ${name} could not be mounted: ${describeError(error)}`, { cause: error });
  }
}
