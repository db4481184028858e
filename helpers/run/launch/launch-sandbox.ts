import { writeFileSync } from "node:fs";
import { describeError, SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { connectLibvirt } from "../../host/libvirt.ts";
import { requireEnforcing } from "../../host/selinux.ts";
import { attachSandbox } from "../attach/attach-sandbox.ts";
import { setUpNetwork } from "../network/set-up-network.ts";
import { readPreparedStart, runtimeFile } from "../start-files.ts";
import { awaitOutcome } from "./await-outcome.ts";
import { careUntilReady } from "./care-until-ready.ts";
import { askForCleared } from "./cleared.ts";
import { configurePackages } from "./configure-packages.ts";
import { openPipes } from "./open-pipes.ts";
import { releaseMounts } from "./release-mounts.ts";
import { reportOutcome } from "./report-outcome.ts";
import { requireReady, warnOfChangedConf } from "./require-ready.ts";
import { requireSockets } from "./require-sockets.ts";
import { startContainer } from "./start-container.ts";
import { takeTurn } from "./take-turn.ts";

/**
 * Has libvirt start the container from what prepare left, and resolves when the service inside is ready. Behind stay libvirt's
 * controller, which systemd takes for the main process, and two processes that copy the console. Throws a SandboxError with what
 * went wrong.
 */
export async function launchSandbox(name: SandboxName): Promise<void> {
  // The generator's drop-in has it.
  const { STAMP: stamp = "" } = process.env;
  warnOfChangedConf(name);
  await requireReady(name, stamp === "" ? "start" : stamp);
  const start = readPreparedStart(name);
  if (start.isLabelled) requireEnforcing();
  await configurePackages(name);
  const turn = await takeTurn(name);
  const attached = attach(name);
  // Meanwhile: the libraries of libvirt take as long to load as mounting takes.
  const libvirt = connectLibvirt();
  await Promise.all([attached, requireSockets(name, start.sockets)]);
  // `list` tells by it that a conf is newer than what runs.
  writeFileSync(runtimeFile(name, "started"), `${stamp}\n`);
  if (start.hasNetwork) await setUpNetwork(name);
  // Before anything runs that could put something else in their place.
  const pipes = openPipes(name, start.pipes);
  if (start.pipes.active) askForCleared(name);
  // Before it runs: whoever opens a pipe before we listen is not heard.
  const outcome = awaitOutcome(pipes.outcome.reader, pipes.active);
  const container = await startContainer(name, start, pipes, libvirt);
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => (released ??= releaseMounts(name).finally(turn.end));
  await careUntilReady(container, start, { outcome, writer: pipes.outcome.writer, release });
  await reportOutcome(container, await outcome);
  await release();
}

async function attach(name: SandboxName): Promise<void> {
  try {
    await attachSandbox(name);
  } catch (error) {
    throw new SandboxError(`the root of ${name} could not be mounted: ${describeError(error)}`, { cause: error });
  }
}
