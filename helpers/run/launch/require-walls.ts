import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { readConfinement } from "../../host/apparmor.ts";
import { isRunning, type KnownProcess } from "../../host/process-start.ts";
import { isFiltered } from "../../host/seccomp.ts";
import type { StartControl } from "../plan/start-plan.ts";

/** What it reads. Unit tests replace these. */
export interface WallsHost {
  readonly isFiltered: (pid: number) => boolean;
  readonly readConfinement: (pid: number) => string | undefined;
  readonly isRunning: (process: KnownProcess) => boolean;
}

/**
 * Throws a SandboxError if PID 1 of a sandbox runs without a system call filter, or not in its AppArmor profile. libvirt
 * itself enters SELinux's context, and fails.
 */
export function requireWalls(
  name: SandboxName,
  init: KnownProcess,
  control: StartControl,
  host: WallsHost = { isFiltered, readConfinement, isRunning },
): void {
  if (!isFilteredUntilItEnds(init, host))
    throw new SandboxError(`the first process of ${name} has no system call filter, so it is ended`, {
      hint: "`sandboxcontainer doctor` checks the installation",
    });
  if (control.kind !== "apparmor") return;
  const found = host.readConfinement(init.pid);
  if (found === `${control.profile} (enforce)` || !host.isRunning(init)) return;
  throw new SandboxError(
    `the first process of ${name} is not in its AppArmor profile ${control.profile} but ${found ?? "unconfined"}, so it is ended`,
    { hint: "The next start loads it again. `sandboxcontainer doctor` checks the host" },
  );
}

function isFilteredUntilItEnds(init: KnownProcess, host: WallsHost): boolean {
  try {
    return host.isFiltered(init.pid);
  } catch (error) {
    if (!host.isRunning(init)) return true;
    throw error;
  }
}
