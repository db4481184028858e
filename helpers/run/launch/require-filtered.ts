import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { isRunning, type KnownProcess } from "../../host/process-start.ts";
import { isFiltered } from "../../host/seccomp.ts";

/** Throws a SandboxError if PID 1 of a sandbox runs without a system call filter. */
export function requireFiltered(name: SandboxName, init: KnownProcess, check: typeof isFiltered = isFiltered): void {
  try {
    if (check(init.pid)) return;
  } catch (error) {
    if (!isRunning(init)) return;
    throw error;
  }
  throw new SandboxError(`the first process of ${name} has no system call filter, so it is ended`, {
    hint: "`sandboxcontainer doctor` checks the installation",
  });
}
