import { readFileSync } from "node:fs";
import { isatty } from "node:tty";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { type CapabilityMask, readCapabilities } from "../../host/capabilities.ts";
import { joinGroups } from "../../host/cgroup.ts";
import { closeInherited } from "../../host/close-inherited.ts";
import { signalChildrenOf } from "../../host/signal-children-of.ts";
import { exposeToMemoryKiller } from "../../host/memory-killer.ts";
import { isRunning, type KnownProcess } from "../../host/process-start.ts";
import { isFiltered } from "../../host/seccomp.ts";
import { isSelinuxEnabled } from "../../host/selinux.ts";
import { type Prepared, type Started, startPrepared } from "../../host/start-prepared.ts";
import { renderEntry } from "./render-entry.ts";

/** Its actions on the host. Unit tests replace them. */
export interface EnterHost {
  readonly closeInherited: () => void;
  /** Whether our standard input is a terminal. */
  readonly hasTerminal: () => boolean;
  /** The user on the host that is root in the container of a PID 1. */
  readonly readOwner: (initPid: number) => number;
  readonly readBound: (initPid: number) => CapabilityMask;
  /** The SELinux context of PID 1; undefined without SELinux. */
  readonly readContext: (initPid: number) => string | undefined;
  /** Whether PID 1 has a system call filter. */
  readonly isFiltered: (initPid: number) => boolean;
  readonly readFilter: (path: string) => string;
  readonly signalChildrenOf: typeof signalChildrenOf;
  /** Returns false if the process could still protect itself from the memory killer. */
  readonly exposeToMemoryKiller: (pid: number, score: number) => boolean;
  readonly joinGroups: (pid: number, initPid: number) => void;
  readonly start: (prepared: Prepared) => Promise<Started>;
  readonly isRunning: (init: KnownProcess) => boolean;
}

/** The parameters of `enter`. */
export interface Entering {
  readonly init: KnownProcess;
  /** The file of the sandbox's system call filter. */
  readonly filterFile: string;
  /** The AppArmor profile that the command gets; undefined without. */
  readonly profile: string | undefined;
  readonly term: string;
  /** The words of inside/run. */
  readonly words: readonly string[];
}

/**
 * Runs a command beside the container's PID 1 and resolves to its exit status: 128 plus the signal if it was killed.
 * The command gets the namespaces, control groups, SELinux context and system calls of PID 1, or an AppArmor profile. It
 * gets no capability that PID 1 cannot have, and no open file but pipes of ours or a terminal: other files of our caller
 * belong to the host.
 */
export async function enterContainer(entering: Entering, host: EnterHost = ownHost): Promise<number> {
  try {
    return await runInside(entering, host);
  } catch (error) {
    if (host.isRunning(entering.init)) throw error;
    throw new SandboxError("the sandbox has stopped", { cause: error });
  }
}

async function runInside({ init, filterFile, profile, term, words }: Entering, host: EnterHost): Promise<number> {
  const initPid = init.pid;
  host.closeInherited();
  const bound = host.readBound(initPid);
  const filter = host.isFiltered(initPid) ? host.readFilter(filterFile) : undefined;
  const { child, status } = await host.start({
    command: renderEntry({ initPid, bound, filter, context: host.readContext(initPid), profile, term, words }),
    pipesFor: host.hasTerminal() ? undefined : host.readOwner(initPid),
    // The host's control groups cannot be seen from inside the namespaces.
    prepare: (pid) => {
      refuseProtection(pid, host);
      host.joinGroups(pid, initPid);
      // If PID 1 has ended, its number may be that of a process of the host by now, and so all that was read of it.
      if (!host.isRunning(init)) throw new SandboxError("the sandbox has stopped");
    },
  });
  // nsenter(1) waits for the command, and passes no signal on to it. A terminal sends SIGINT to both. The other children copy
  // from and to our pipes, and ignore signals.
  process.on("SIGINT", () => child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => {
      host.signalChildrenOf(child.pid, signal);
    });
  return status;
}

// If the sandbox runs out of memory, the command must die before PID 1 inside, whose death would end everything. An
// administrator's shell may be protected from the memory killer, but what it starts in a sandbox must not be.
function refuseProtection(pid: number, host: EnterHost): void {
  if (host.exposeToMemoryKiller(pid, 100)) return;
  throw new SandboxError(
    "processes of this shell may protect themselves from the memory killer (proc_pid_oom_score_adj(5)), and the shell lacks CAP_SYS_RESOURCE to prevent that",
    { hint: "Enter the sandbox in another way: systemd-run --pipe --wait sandboxcontainer execute NAME -- COMMAND" },
  );
}

// user_namespaces(7), /proc/PID/uid_map: the id inside, the id outside, and the number of ids.
function readOwner(initPid: number): number {
  const [, owner] = readFileSync(`/proc/${initPid}/uid_map`, "utf8").trim().split(/\s+/);
  return Number(owner);
}

// proc_pid_attr(5). The kernel ends it with a zero.
const readContext = (initPid: number): string | undefined =>
  isSelinuxEnabled() ? readFileSync(`/proc/${initPid}/attr/current`, "utf8").replace(/\0$/, "") : undefined;

const ownHost: EnterHost = {
  closeInherited,
  hasTerminal: () => isatty(0),
  readOwner,
  readBound: (initPid) => readCapabilities(initPid, "CapBnd"),
  isFiltered,
  readFilter: (path) => readFileSync(path, "utf8"),
  readContext,
  exposeToMemoryKiller,
  joinGroups,
  start: startPrepared,
  signalChildrenOf,
  isRunning,
};
