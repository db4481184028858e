import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { findHint, SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { finishBoth } from "../../../base/wait.ts";
import { findReason } from "../../host/libvirt/domain-files.ts";
import { findContainer, listControllerPids } from "../../host/libvirt/find-controller.ts";
import type { CreateResult } from "../../host/libvirt/libvirt.ts";
import type { Starter } from "../../host/libvirt/start-domain.ts";
import type { KnownProcess, Limit } from "../../host/process/processes.ts";
import { startDirectory } from "../plan/kept-plan.ts";
import type { StartPlan } from "../plan/start-plan.ts";
import { makeLink } from "../ports/make-link.ts";
import { loadPorts } from "../ports/set-up-ports.ts";
import type { RunContainer } from "../running/run-record.ts";
import { forgetDomain } from "../stop/forget-domain.ts";
import { limitGroups } from "./care-for-container.ts";
import { copyConsole, type Pipes } from "./copy-console.ts";
import { withoutOrphan } from "./end-orphan.ts";
import { explainFullRoot } from "./explain-full-root.ts";
import { raiseFileLimit, readFileLimit } from "./raise-file-limit.ts";

/** A container that libvirt has started. Either process may have ended by now. */
export interface StartedContainer {
  readonly name: SandboxName;
  readonly controller: KnownProcess | undefined;
  readonly init: KnownProcess | undefined;
}

/** What a start has got ready. */
interface Ready {
  readonly plan: StartPlan;
  readonly pipes: Pipes;
  readonly libvirt: Starter;
  readonly record: (container: RunContainer) => void;
}

/** Makes libvirt start the container, records its processes, and starts copying its console. Throws a SandboxError. */
export async function startContainer(
  name: SandboxName,
  { plan, pipes, libvirt, record }: Ready,
): Promise<StartedContainer> {
  // Both run meanwhile, because each takes some milliseconds.
  const limit = pipes.files === undefined ? undefined : readFileLimit(name);
  // This holds until its processes are known: if launch is killed, libvirtd may still create the container (see
  // detach).
  record({ kind: "asked" });
  const create = makeCreator(name, libvirt);
  const terminal = await finishBoth(
    createContainer(name, {
      create: () => withoutOrphan(name, create),
      forgetDomain,
      isRunning: isControlled,
      explain: (refusal) => explainFullRoot(name, refusal),
    }),
    loadPorts(name, plan),
  );
  const container = { name, ...findContainer(name) };
  const { controller = null, init } = container;
  // Before PID 1 goes on, and before anybody enters.
  if (controller !== null && init !== undefined) limitGroups({ name, controller, init });
  record(init === undefined ? { kind: "gone" } : { kind: "started", init, controller });
  addLink(container, plan, pipes);
  await Promise.all([
    raiseLimit(container, limit, pipes),
    copyConsole(name, {
      terminal,
      ended: pipes.ended,
      outcome: pipes.outcome.writer,
      isJournald: !plan.isCommand,
    }),
  ]);
  return container;
}

async function raiseLimit(
  container: StartedContainer,
  limit: Promise<Limit | undefined> | undefined,
  { files }: Pipes,
): Promise<void> {
  if (files !== undefined) raiseFileLimit(container, await limit, files);
}

// PID 1 inside waits for it, so that no service starts before it has its addresses.
function addLink({ name, init }: StartedContainer, { ports }: StartPlan, { link }: Pipes): void {
  if (ports === null || init === undefined || link === undefined) return;
  makeLink(name, init, ports.link);
  writeSync(link.writer, "\n");
}

const isControlled = (name: SandboxName): boolean => listControllerPids(name).length > 0;

function makeCreator(name: SandboxName, libvirt: Starter): () => Promise<CreateResult> {
  const xml = readFileSync(join(startDirectory(name), "domain.xml"), "utf8");
  return () => libvirt.createDomain(xml, listSockets());
}

/** The sockets of Listen=, which systemd opened: descriptors from 3 on (sd_listen_fds(3)). */
function listSockets(): readonly number[] {
  const count = Number(process.env["LISTEN_FDS"] ?? 0);
  return Array.from({ length: count }, (_, index) => 3 + index);
}

/** The requests to libvirt. Unit tests replace them. */
export interface CreateHost {
  readonly create: () => Promise<CreateResult>;
  /** Makes libvirt forget the domain of a start during which libvirtd or launch was killed. */
  readonly forgetDomain: (name: SandboxName) => Promise<void>;
  /** Whether anything of a domain of this name runs. */
  readonly isRunning: (name: SandboxName) => boolean;
  /** Says more of a refusal, if it can. */
  readonly explain?: (refusal: SandboxError) => SandboxError;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

// Ten seconds, in which libvirt ends the rest of the previous container.
const [tries, pause] = [100, 100];
// After two seconds libvirt will not do so by itself.
const maxTries = 20;

/**
 * Makes libvirt create the container and start PID 1 inside. Resolves to its terminal, or to undefined if it has
 * already ended. Asks again while libvirt still has the container of the previous start. Throws a SandboxError with
 * libvirt's message.
 */
export async function createContainer(name: SandboxName, host: CreateHost): Promise<string | undefined> {
  const sleep = host.sleep ?? setTimeout;
  for (let count = 0; ; count++) {
    const result = await host.create();
    switch (result.kind) {
      case "created":
        return result.terminal;
      case "taken":
        // A libvirtd that hung did not see the end of a sandbox of this name, which was then deleted.
        if (count > 0 || host.isRunning(name)) throw refuse(result.reason);
        await host.forgetDomain(name);
        break;
      case "refused":
        throw (host.explain ?? ((refusal) => refusal))(refuse(findReason(name, result.reason)));
      case "busy":
        if (count === tries)
          throw new SandboxError(`libvirt still has the container of the previous start: ${result.reason}`);
        // A domain that is being started belongs to a start that was killed.
        if (count === maxTries || (count === 0 && result.isStarting)) await host.forgetDomain(name);
        await sleep(pause);
    }
  }
}

const refuse = (reason: string): SandboxError =>
  new SandboxError(`libvirt refused to start the container: ${reason}`, { hint: advise(reason) });

function advise(reason: string): string | undefined {
  // libvirt adds "Input/output error", which is not about a disk.
  if (/End of file while reading data|Cannot recv data/.test(reason))
    return "libvirtd ended or was restarted meanwhile. Start the sandbox again; if that fails as well: systemctl status libvirtd.service";
  // ptmx(4) says "No space left on device" as well.
  return reason.includes("allocate tty") ? "Allow the host more terminals: sysctl kernel.pty.max" : findHint(reason);
}
