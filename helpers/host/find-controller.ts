import { readFileSync, statSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { pidFile } from "./libvirt-files.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";

/** libvirt's controller of a running domain, and the container's PID 1, as the host numbers them. */
export interface Controller {
  readonly pid: number;
  readonly initPid: number;
}

/** The controller of a domain; undefined when libvirt runs none, or when its PID 1 has ended. */
export function findController(name: SandboxName): Controller | undefined {
  const pid = findControllerPid(name);
  const initPid = pid === undefined ? undefined : findInit(pid);
  return pid === undefined || initPid === undefined ? undefined : { pid, initPid };
}

/** The same, whether its PID 1 still runs or not. */
export function findControllerPid(name: SandboxName): number | undefined {
  const pid = parsePid(readIfThere(pidFile(name)));
  if (pid === undefined) return undefined;
  // The file outlives a crash, and the number may be another process's by now: of a user who calls it so, or of another container.
  const isRoots = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === 0;
  return isRoots && isControllerOf(name, readIfThere(`/proc/${pid}/cmdline`) ?? "") ? pid : undefined;
}

/** PID 1 of the container of a controller: its only child. */
export const findInit = (controllerPid: number): number | undefined =>
  parsePid(readIfThere(`/proc/${controllerPid}/task/${controllerPid}/children`));

/** Whether a command line (proc_pid_cmdline(5)) is that of libvirt's controller of a domain. */
export function isControllerOf(name: SandboxName, commandLine: string): boolean {
  const [program = "", ...words] = commandLine.split("\0");
  return program.includes("libvirt_lxc") && words[words.indexOf("--name") + 1] === name && words.includes("--name");
}

/** Like `findController` for a sandbox that has to be running; throws a SandboxError. */
export function requireController(name: SandboxName): Controller {
  const controller = findController(name);
  if (controller !== undefined) return controller;
  throw new SandboxError(`sandbox ${name} is not running`, {
    hint: `Start it with \`systemctl start sandbox@${name}\``,
  });
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

// The first number of a text that is one or more of them.
function parsePid(text: string | undefined): number | undefined {
  const pid = Number(/^\s*(\d+)\s*(?:$|\s)/.exec(text ?? "")?.[1]);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}
