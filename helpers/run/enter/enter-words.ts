import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { helperDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { KnownProcess } from "../../host/process/processes.ts";
import { isSelinuxEnabled, serviceContext } from "../../host/walls/selinux.ts";
import { readContainer, requireRunning } from "../running/read-running.ts";
import type { RunPlan } from "../running/run-record.ts";

/** Who runs a command inside, and where. inside/run looks up the user and the folder, because only the sandbox knows them. */
export interface Entering {
  /** USER or USER:GROUP of the sandbox; `-` means root. */
  readonly user?: string;
  /** `-` means `/`. */
  readonly folder?: string;
  /** NAME=VALUE each. */
  readonly variables?: readonly string[];
  /** TERM of the command. */
  readonly term?: string;
}

/** What the host knows of PID 1 and of its walls. */
export interface Walls extends Pick<RunPlan, "control" | "entry" | "systemCalls"> {
  readonly init: KnownProcess;
  /** The SELinux context of PID 1; undefined without SELinux. */
  readonly context: string | undefined;
}

/**
 * The words that precede a command that runs in a sandbox, beside its PID 1. The program that they start
 * (helpers/native/enter.c) gives the command the rights of a service, and makes sure that it is still that PID 1. Throws a
 * SandboxError if nothing says which walls the sandbox has, or if it is not there yet.
 */
export function enterWords(
  name: SandboxName,
  init: KnownProcess,
  entering: Entering = {},
): readonly [string, ...string[]] {
  const plan = requireRunning(name);
  requireStarted(name, init);
  return renderEntry({ ...plan, init, context: plan.entry?.context ?? readContext(init) }, entering);
}

// Until libvirt has started a container, its mounts are not complete, and its PID 1 has more rights than anything inside may have.
function requireStarted(name: SandboxName, init: KnownProcess): void {
  const container = readContainer(name);
  if (container?.kind === "started" && container.init.pid === init.pid && container.init.began === init.began) return;
  throw new SandboxError(`sandbox ${name} is being started`, {
    hint: `Wait until it can be entered: systemctl start sandbox@${name}`,
  });
}

/** Writes these words. */
export function renderEntry(
  { init, control, entry, systemCalls, context }: Walls,
  { user = "-", folder = "-", variables = [], term = "dumb" }: Entering,
): readonly [string, ...string[]] {
  return [
    join(helperDirectory, "enter"),
    ...["--filter", systemCalls],
    ...(entry === null ? [] : ["--bounds", entry.capabilities]),
    ...(context === undefined ? [] : ["--context", serviceContext(context)]),
    ...(control.kind === "apparmor" ? ["--profile", control.entry] : []),
    ...["--term", term, `${init.pid}:${init.began}`],
    ...[join(helperDirectory, "inside/run"), user, folder, ...variables, "--"],
  ];
}

// proc_pid_attr(5). The kernel ends it with a zero.
function readContext({ pid }: KnownProcess): string | undefined {
  if (!isSelinuxEnabled()) return undefined;
  try {
    return readFileSync(`/proc/${pid}/attr/current`, "utf8").replace(/\0$/, "");
  } catch (error) {
    throw new SandboxError("the sandbox has stopped", { cause: error });
  }
}
