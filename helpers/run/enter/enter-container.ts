import { existsSync, readFileSync } from "node:fs";
import { isatty } from "node:tty";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { readCapabilities } from "../../host/capabilities.ts";
import { joinGroups } from "../../host/cgroup.ts";
import { closeInherited } from "../../host/close-inherited.ts";
import { exposeToMemoryKiller } from "../../host/memory-killer.ts";
import { findProcess } from "../../host/process-start.ts";
import { startPrepared } from "../../host/start-prepared.ts";
import { renderEntry } from "./render-entry.ts";

/**
 * Runs a command beside the container's PID 1 and resolves to its exit status: 128 plus the signal if it was killed.
 * The command gets the namespaces, control groups and SELinux context of PID 1, no capability that PID 1 cannot have,
 * and no open file but pipes of ours or a terminal: other files of our caller belong to the host.
 */
export async function enterContainer(initPid: number, term: string, words: readonly string[]): Promise<number> {
  try {
    return await runInside(initPid, term, words);
  } catch (error) {
    if (findProcess(initPid) !== undefined) throw error;
    throw new SandboxError("the sandbox has stopped", { cause: error });
  }
}

async function runInside(initPid: number, term: string, words: readonly string[]): Promise<number> {
  closeInherited();
  const { child, status } = await startPrepared({
    command: renderEntry({
      initPid,
      bound: readCapabilities(initPid, "CapBnd"),
      followsContext: existsSync("/sys/fs/selinux/enforce"),
      term,
      words,
    }),
    pipesFor: isatty(0) ? undefined : readOwner(initPid),
    // The host's control groups cannot be seen from inside the namespaces.
    prepare: (pid) => {
      refuseProtection(pid);
      joinGroups(pid, initPid);
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
  return await status;
}

/** The user on the host that is root inside (user_namespaces(7), /proc/PID/uid_map). */
function readOwner(initPid: number): number {
  const [, owner] = readFileSync(`/proc/${initPid}/uid_map`, "utf8").trim().split(/\s+/);
  return Number(owner);
}

// If the sandbox runs out of memory, the command must die before PID 1 inside, whose death would end everything. An
// administrator's shell may be protected from the memory killer, but what it starts in a sandbox must not be.
function refuseProtection(pid: number): void {
  if (exposeToMemoryKiller(pid, 100)) return;
  throw new SandboxError(
    "processes of this shell may protect themselves from the memory killer (proc_pid_oom_score_adj(5)), and the shell lacks CAP_SYS_RESOURCE to prevent that",
    { hint: "Enter the sandbox in another way: systemd-run --pipe --wait sandboxcontainer execute NAME -- COMMAND" },
  );
}
