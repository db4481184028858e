import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findContainer, listControllerPids } from "../../host/find-controller.ts";
import type { Limit } from "../../host/limits.ts";
import type { CreateResult } from "../../host/libvirt.ts";
import type { Starter } from "../../host/libvirt-start.ts";
import type { KnownProcess } from "../../host/process-start.ts";
import { makeLink } from "../ports/make-link.ts";
import { startDirectory } from "../plan/kept-plan.ts";
import type { StartPlan } from "../plan/start-plan.ts";
import type { RunContainer } from "../running/run-record.ts";
import { forgetDomain } from "../stop/forget-domain.ts";
import { copyConsole } from "./copy-console.ts";
import { createContainer } from "./create-container.ts";
import { withoutOrphan } from "./end-orphan.ts";
import { explainFullRoot } from "./explain-full-root.ts";
import type { Pipes } from "./open-pipes.ts";
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
  const terminal = await createContainer(name, {
    create: () => withoutOrphan(name, create),
    forgetDomain,
    isRunning: isControlled,
    explain: (refusal) => explainFullRoot(name, refusal),
  });
  const container = { name, ...findContainer(name) };
  const { controller = null, init } = container;
  record(init === undefined ? { kind: "gone" } : { kind: "started", init, controller });
  await Promise.all([
    raiseLimit(container, limit, pipes),
    addLink(container, plan, pipes),
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
async function addLink({ name, init }: StartedContainer, { ports }: StartPlan, { link }: Pipes): Promise<void> {
  if (ports === null || init === undefined || link === undefined) return;
  await makeLink(name, init, ports.link);
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
