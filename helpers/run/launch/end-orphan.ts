import type { SandboxName } from "../../../base/sandbox-name.ts";
import { listControllerPids, readControllerPid } from "../../host/libvirt/find-controller.ts";
import { findProcess, sendSignal } from "../../host/process/processes.ts";

/** Its actions on the host. Unit tests replace them. */
export interface OrphanHost {
  readonly readControllerPid: (name: SandboxName) => number | undefined;
  readonly isRunning: (pid: number) => boolean;
  readonly listControllerPids: (name: SandboxName) => readonly number[];
  readonly kill: (pid: number) => void;
}

const pause = 1000;

/**
 * Waits for libvirt to create a container. If the controller is killed before its child becomes PID 1 inside, the child
 * waits for it forever, and libvirtd waits for the child. This ends such a child, and libvirt then refuses the container.
 */
export async function withoutOrphan<T>(
  name: SandboxName,
  create: () => Promise<T>,
  host: OrphanHost = ownHost,
): Promise<T> {
  const look = makeLook(name, host);
  const timer = setInterval(() => {
    try {
      look();
    } catch {
      // Nobody could catch what a timer throws. It looks again.
    }
  }, pause);
  try {
    return await create();
  } finally {
    clearInterval(timer);
  }
}

/** Returns a function that kills what it has seen without a controller twice in a row. */
export function makeLook(name: SandboxName, host: OrphanHost): () => void {
  let before: readonly number[] = [];
  return () => {
    const pid = host.readControllerPid(name);
    // A new controller writes its number down at once: one look alone could come before that.
    const orphans = pid === undefined || host.isRunning(pid) ? [] : host.listControllerPids(name);
    for (const orphan of orphans.filter((each) => before.includes(each))) host.kill(orphan);
    before = orphans;
  };
}

const ownHost: OrphanHost = {
  readControllerPid,
  isRunning: (pid) => findProcess(pid) !== undefined,
  listControllerPids,
  kill: (pid) => {
    const found = findProcess(pid);
    if (found !== undefined) sendSignal(found, 9);
  },
};
