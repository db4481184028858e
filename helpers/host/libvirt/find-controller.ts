import { readdirSync, statSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { readBeginning, readIfPossible } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findProcess, type KnownProcess } from "../process/processes.ts";
import { pidFile } from "./domain-files.ts";

/** libvirt's controller of a running domain, and the container's PID 1, with their process ids on the host. */
export interface Controller {
  readonly pid: number;
  readonly initPid: number;
}

/** Finds the controller of a domain; undefined if libvirt runs none, or if its PID 1 has ended. */
export function findController(name: SandboxName): Controller | undefined {
  const pid = findControllerPid(name);
  const initPid = pid === undefined ? undefined : findInit(pid);
  return pid === undefined || initPid === undefined ? undefined : { pid, initPid };
}

/** The same, but PID 1 may have ended. */
export function findControllerPid(name: SandboxName): number | undefined {
  const pid = readControllerPid(name);
  if (pid === undefined) return undefined;
  // The file survives a crash, so the number may now belong to another process: one that a user named so, or the
  // controller of another container.
  return isRoots(pid) && isControllerOf(name, readBeginning(`/proc/${pid}/cmdline`) ?? "") ? pid : undefined;
}

/** Finds both processes. Either may have ended. */
export function findContainer(name: SandboxName): {
  readonly controller: KnownProcess | undefined;
  readonly init: KnownProcess | undefined;
} {
  const pid = findControllerPid(name);
  const initPid = pid === undefined ? undefined : findInit(pid);
  const find = (each: number | undefined): KnownProcess | undefined =>
    each === undefined ? undefined : findProcess(each);
  return { controller: find(pid), init: find(initPid) };
}

/** Finds PID 1 of a controller's container, which is the controller's only child. */
export const findInit = (controllerPid: number): number | undefined =>
  parsePid(readIfPossible(`/proc/${controllerPid}/task/${controllerPid}/children`));

/**
 * Lists the root's processes that say they are the controller of a domain. The controller's child says so too, until it becomes PID 1
 * inside. This looks at every process.
 */
export function listControllerPids(name: SandboxName): readonly number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => isRoots(pid) && isControllerOf(name, readBeginning(`/proc/${pid}/cmdline`) ?? ""));
}

/** Returns the number in libvirt's file, even if that process has ended. */
export const readControllerPid = (name: SandboxName): number | undefined => parsePid(readIfPossible(pidFile(name)));

/** Whether a command line (proc_pid_cmdline(5)) belongs to libvirt's controller of a domain. */
export function isControllerOf(name: SandboxName, commandLine: string): boolean {
  const [program = "", ...words] = commandLine.split("\0");
  return program.includes("libvirt_lxc") && words[words.indexOf("--name") + 1] === name && words.includes("--name");
}

/** Like `findController`, but throws a SandboxError if the sandbox does not run. */
export function requireController(name: SandboxName): Controller {
  const controller = findController(name);
  if (controller === undefined) throw describeStopped(name);
  return controller;
}

const describeStopped = (name: SandboxName): SandboxError =>
  new SandboxError(`sandbox ${name} is not running`, { hint: `Start it with \`systemctl start sandbox@${name}\`` });

/** The same for PID 1 of its container. */
export function requireInit(name: SandboxName): KnownProcess {
  const init = findProcess(requireController(name).initPid);
  if (init === undefined) throw describeStopped(name);
  return init;
}

const isRoots = (pid: number): boolean => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === 0;

// Returns the first number of a text that holds one or more numbers.
function parsePid(text: string | undefined): number | undefined {
  const pid = Number(/^\s*(\d+)\s*(?:$|\s)/.exec(text ?? "")?.[1]);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}
