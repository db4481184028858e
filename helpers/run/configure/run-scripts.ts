import { spawn, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { helperDirectory, mountsDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findReason } from "../../host/libvirt/domain-files.ts";
import { findContainer, findControllerPid } from "../../host/libvirt/find-controller.ts";
import type { CreateResult } from "../../host/libvirt/libvirt.ts";
import { openStarter } from "../../host/libvirt/start-domain.ts";
import { makeFifo, openPipe, readPipe } from "../../host/process/pipes.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { readMountOptions } from "../attach/mount-sources.ts";
import { destroySandbox } from "../destroy-sandbox.ts";
import { limitScripts } from "../launch/care-for-container.ts";
import { openTerminal } from "../open-terminal.ts";
import { requireStartPlan, startDirectory } from "../plan/kept-plan.ts";
import { tellController } from "../tell-controller.ts";

/** Its actions on the host. Unit tests replace them. */
export interface ScriptsHost {
  /** Makes the pipe for the output of the scripts. The sandbox's root owns it. */
  readonly makePipe: (path: string, name: SandboxName) => void;
  readonly createContainer: (name: SandboxName) => Promise<CreateResult>;
  /** Copies a console to the journal. Resolves when the copier runs, or, with `wait`, when it has ended. */
  readonly copyConsole: (console: number, options: CopyOptions) => Promise<void>;
  /** Undefined if the container has ended. */
  readonly openTerminal: (path: string, name: SandboxName) => number | undefined;
  /** Sets the sandbox's limits on the container: its scripts and its files may be an attacker's. */
  readonly limit: (name: SandboxName) => Promise<void>;
  /** Tells the container's controller about a signal that it may have missed. */
  readonly tellController: (name: SandboxName) => Promise<void>;
  readonly destroy: (name: SandboxName) => Promise<void>;
  readonly warn: (text: string) => void;
}

export interface CopyOptions {
  readonly wait: boolean;
  /** An open file that the copier keeps open. */
  readonly keep?: number;
}

const maxSaid = 65_536;

/**
 * Runs the maintainer scripts in a container like the sandbox's (see inside/configure). Resolves, when the container
 * has ended, to its report about the packages. The output of the scripts goes to the journal. Throws a SandboxError if
 * there is no container.
 */
export async function runScripts(name: SandboxName, host: ScriptsHost = ownHost): Promise<string> {
  const pipes = join(mountsDirectory(name), "run/host");
  // The end of a console's output is lost when the container ends with it, so the scripts have their own pipe.
  const said = join(pipes, "said");
  host.makePipe(said, name);
  // The pipe is opened for both sides at once, so neither side waits for the other (fifo(7)).
  const output = openPipe(said);
  const outcome = openPipe(join(pipes, "outcome"));
  const copied = host.copyConsole(output.reader, { wait: true });
  // This is awaited later. Until then a failure must not count as an unhandled rejection.
  copied.catch(() => undefined);
  try {
    await startContainer(name, outcome.writer, host);
    await host.limit(name).catch(async (error: unknown) => {
      await host.destroy(name);
      throw error;
    });
    await host.tellController(name);
    const report = readPipe(outcome.reader, maxSaid);
    const isEnough = copied.then(() => true);
    if (await Promise.race([isEnough, report.then(() => false)])) {
      host.warn(
        "a script wrote more than a megabyte, as one does that asks for an answer again and again: it is ended",
      );
      await host.destroy(name);
    }
    return await report;
  } finally {
    // The copier ends once nobody has the pipe open for writing.
    closeSync(output.writer);
    await copied;
    for (const file of [output.reader, outcome.reader]) closeSync(file);
  }
}

// The copier of the console keeps the pipe `outcome` open as long as the container exists.
async function startContainer(name: SandboxName, outcome: number, host: ScriptsHost): Promise<void> {
  try {
    const result = await host.createContainer(name);
    if (result.kind !== "created")
      throw new SandboxError(
        `libvirt refused to start the container that configures the packages of ${name}: ${findReason(name, result.reason)}`,
      );
    const console = result.terminal === undefined ? undefined : host.openTerminal(result.terminal, name);
    if (console === undefined) return;
    await host.copyConsole(console, { wait: false, keep: outcome });
    closeSync(console);
  } finally {
    closeSync(outcome);
  }
}

function makePipe(path: string, name: SandboxName): void {
  makeFifo(path);
  const { owner } = readMountOptions(name);
  chownSync(path, owner, owner);
}

async function copyConsole(console: number, { wait, keep }: CopyOptions): Promise<void> {
  const kept: StdioOptions = keep === undefined ? [] : ["ignore", keep];
  const copier = spawn(join(helperDirectory, "copy-console"), wait ? ["--bounded"] : [], {
    stdio: [console, "inherit", "inherit", ...kept],
  });
  await once(copier, "exit");
}

async function limit(name: SandboxName): Promise<void> {
  const { controller, init } = findContainer(name);
  if (controller !== undefined && init !== undefined)
    await limitScripts({ name, controller, init }, requireStartPlan(name).limits);
}

const ownHost: ScriptsHost = {
  limit,
  makePipe,
  createContainer: (name) =>
    openStarter().createDomain(readFileSync(join(startDirectory(name), "configure.xml"), "utf8")),
  copyConsole,
  openTerminal,
  tellController: async (name) => {
    const pid = findControllerPid(name);
    if (pid !== undefined) await tellController(pid);
  },
  destroy: destroySandbox,
  warn: printWarning,
};
