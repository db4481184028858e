import { existsSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { describeError, SandboxError } from "../../base/errors.ts";
import { rootTree } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { findController } from "../host/libvirt/find-controller.ts";
import { connectSystemd, type Systemd } from "../host/systemd/systemd.ts";
import { startsAgain, withHeld } from "../sandbox/hold/hold.ts";
import { requireWhole } from "../sandbox/hold/unfinished.ts";
import { mountImage } from "../sandbox/image/mount-image.ts";
import {
  areAllStopped,
  describeRunning,
  isActive,
  requireRootAtRest,
  requireStopped,
} from "../sandbox/require-stopped.ts";
import { enterSandbox } from "./enter-sandbox.ts";
import { explainFailure } from "./explain-failure.ts";
import { requireSandbox } from "./require-sandbox.ts";

/** Its requests to the host. Unit tests replace them. */
export interface StopHost {
  readonly isActive: (systemd: Systemd, name: SandboxName) => Promise<boolean>;
  readonly areAllStopped: (systemd: Systemd, name: SandboxName) => Promise<boolean>;
  readonly requireRootAtRest: (systemd: Systemd, name: SandboxName) => Promise<void>;
  readonly withHeld: typeof withHeld;
  readonly explainFailure: (systemd: Systemd, unit: string, what: string) => Promise<SandboxError>;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** The result of work on a stopped sandbox, and why that could not be started again. */
export interface Restarted<T> {
  readonly result: T;
  readonly failure: SandboxError | undefined;
}

interface How {
  readonly verb: "upgrade" | "revert";
  readonly restart?: boolean | undefined;
  /** Learns that systemd has the job of a restart. */
  readonly onRestart?: () => void;
}

/**
 * Runs work on a root while no part of its sandbox runs. A running one is refused, or restarted around the work with
 * `restart`. `begin` runs while nothing can start the sandbox. It returns what waits for the end of the work, if that
 * is a unit which systemd orders before the start.
 *
 * The restart is one job of systemd, whose second half waits for us. So units that need the sandbox stop and come back
 * as with systemctl restart, and the sandbox also starts again if we are killed.
 */
export async function whileStopped<T>(
  systemd: Systemd,
  name: SandboxName,
  how: How,
  begin: () => Promise<() => Promise<T>>,
  host: StopHost = ownHost,
): Promise<Restarted<T>> {
  let started: Promise<SandboxError | undefined> | undefined;
  try {
    const finish = await host.withHeld(
      systemd,
      [name],
      async () => {
        if (!(await host.areAllStopped(systemd, name))) {
          await requireRestartable(systemd, name, how, host);
          const job = await systemd.beginJob("RestartUnit", unitOf(name));
          how.onRestart?.();
          started = job.ended.then((result) => describeStart(systemd, name, result, host));
          // It is awaited later. Until then a failure must not count as an unhandled rejection.
          started.catch(() => undefined);
          await awaitStop(systemd, name, job.ended, host);
        }
        return begin();
      },
      how.restart === true ? startsAgain : undefined,
    );
    const result = await finish();
    return { result, failure: await started };
  } catch (error) {
    const failure = await started;
    throw failure === undefined ? error : new SandboxError([error, failure].map(describeError).join("\n"));
  }
}

const unitOf = (name: SandboxName): string => `sandbox@${name}.service`;

async function requireRestartable(
  systemd: Systemd,
  name: SandboxName,
  { verb, restart }: How,
  host: StopHost,
): Promise<void> {
  if (restart === true && (await host.isActive(systemd, name))) return;
  await host.requireRootAtRest(systemd, name);
  throw describeRunning(name, verb);
}

/** Waits for the first half of a restart. The job ends earlier only if somebody cancels it. */
async function awaitStop(systemd: Systemd, name: SandboxName, ended: Promise<string>, host: StopHost): Promise<void> {
  const gone = ended.then(
    () => true,
    () => true,
  );
  while (!(await host.areAllStopped(systemd, name))) {
    if (await Promise.race([gone, host.sleep(50).then(() => false)]))
      throw new SandboxError(`sandbox ${name} does not stop`, { hint: `See systemctl status ${unitOf(name)}` });
  }
}

async function describeStart(
  systemd: Systemd,
  name: SandboxName,
  result: string,
  host: StopHost,
): Promise<SandboxError | undefined> {
  if (result === "done") return undefined;
  if (result === "canceled")
    return new SandboxError(`sandbox ${name} was not started again, because somebody stopped it meanwhile`, {
      hint: `Start it: systemctl start ${unitOf(name)}`,
    });
  return host.explainFailure(systemd, unitOf(name), `sandbox ${name} does not start`);
}

const ownHost: StopHost = {
  isActive,
  areAllStopped,
  requireRootAtRest,
  withHeld,
  explainFailure,
  sleep: setTimeout,
};

/** How files of a sandbox are reached: by a program inside, whose words these precede, or in its tree on the host. */
export type Reach =
  | { readonly kind: "inside"; readonly name: SandboxName; readonly words: readonly string[] }
  | { readonly kind: "tree"; readonly name: SandboxName; readonly tree: string };

/** Runs work on the files of a sandbox. A stopped one is held meanwhile, so that nothing starts it. */
export async function whileReachable<T>(text: string, work: (reach: Reach) => Promise<T>): Promise<T> {
  const name = requireSandbox(text);
  if (findController(name)?.initPid !== undefined) return work({ kind: "inside", ...enterSandbox(name) });
  using systemd = await connectSystemd();
  return await withHeld(systemd, [name], async () => {
    requireWhole(name);
    if (!(await areAllStopped(systemd, name))) {
      await requireStopped(systemd, name);
      throw new SandboxError(`sandbox ${name} is starting or stopping`, { hint: "Try again when that has ended" });
    }
    await mountImage(systemd, name);
    const tree = rootTree(name);
    if (!existsSync(tree))
      throw new SandboxError(`sandbox ${name} has no root yet`, {
        hint: `Make it: systemctl start sandbox-root@${name}.service`,
      });
    return work({ kind: "tree", name, tree });
  });
}
