import { readFileSync, statSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";

/** libvirt's controller of a running domain, and the container's PID 1, as the host numbers them. */
export interface Controller {
  readonly pid: number;
  readonly initPid: number;
}

const pidFile = (name: SandboxName): string => `/run/libvirt/lxc/${name}.pid`;

/** The controller of a domain; undefined when libvirt runs none, or it just ended. */
export function findController(name: SandboxName): Controller | undefined {
  const pid = Number(readIfThere(pidFile(name)));
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  // The file outlives a crash, and the number may be another process's by now: of a user who calls it so, or of another container.
  const isRoots = statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === 0;
  if (!isRoots || !isControllerOf(name, readIfThere(`/proc/${pid}/cmdline`) ?? "")) return undefined;
  const initPid = Number(readIfThere(`/proc/${pid}/task/${pid}/children`)?.trim().split(" ")[0]);
  return Number.isInteger(initPid) && initPid > 1 ? { pid, initPid } : undefined;
}

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
