import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readBeginning } from "./read-if-there.ts";

/**
 * A process of a sandbox as the host's /proc shows it. The process chooses its name and words: print them with care.
 */
export interface Process {
  readonly pid: number;
  /** Its process id inside the sandbox. */
  readonly insidePid: number;
  readonly parent: number;
  /** The user id on the host. */
  readonly user: number;
  readonly memoryBytes: number;
  /** The command line, or `[name]` if it has none. */
  readonly command: string;
}

/** Lists all processes in the pid namespace of a container's PID 1, sorted by their process ids on the host. */
export function listProcesses(initPid: number): readonly Process[] {
  const namespace = tryRead(() => readlinkSync(`/proc/${initPid}/ns/pid`));
  if (namespace === undefined) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
    .filter((pid) => tryRead(() => readlinkSync(`/proc/${pid}/ns/pid`)) === namespace)
    .flatMap((pid) => readProcess(pid) ?? []);
}

// Ignores a process that ended meanwhile.
function readProcess(pid: number): Process | undefined {
  const status = tryRead(() => readFileSync(`/proc/${pid}/status`, "utf8"));
  const commandLine = readBeginning(`/proc/${pid}/cmdline`);
  return status === undefined ? undefined : parseProcess(pid, status, commandLine ?? "");
}

/** Parses proc_pid_status(5) and proc_pid_cmdline(5). */
export function parseProcess(pid: number, status: string, commandLine: string): Process {
  const field = (name: string): string => new RegExp(`^${name}:[ \\t]*(.*)$`, "m").exec(status)?.[1] ?? "";
  const words = commandLine.split("\0").join(" ").trim();
  return {
    pid,
    insidePid: Number(field("NSpid").split("\t").at(-1)),
    parent: Number(field("PPid")),
    user: Number(field("Uid").split("\t")[0]),
    memoryBytes: Number(field("VmRSS").split(" ")[0]) * 1024,
    command: words === "" ? `[${field("Name")}]` : words,
  };
}

function tryRead<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
