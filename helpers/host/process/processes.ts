import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { orMissing, readBeginning } from "../../../base/files.ts";
import { attempt } from "./calls.ts";

/** A process and its start time. Its number alone may have passed to another process. */
export interface KnownProcess {
  readonly pid: number;
  /** Clock ticks since the boot (proc_pid_stat(5), field 22). */
  readonly began: string;
}

/**
 * Reads when a process began; undefined if no process has that number, or if it has ended and nobody has waited for it
 * yet.
 */
export function readStart(pid: number): string | undefined {
  const text = orMissing(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  return text === undefined ? undefined : parseStart(text);
}

/** Parses proc_pid_stat(5). */
export function parseStart(text: string): string | undefined {
  // A process can choose any name, even with newlines and parentheses. The name ends at the last parenthesis.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state = "Z"] = fields;
  return state === "Z" || state === "X" ? undefined : fields[19];
}

/** Tells when a process began, in seconds since the epoch, from its start time; null if the kernel does not say. */
export type StartTime = (began: string) => number | null;

// The kernel counts these in a hundredth of a second for all programs, on every machine that we know (USER_HZ).
const ticksInSecond = 100;

/** Reads when the host booted, once for many processes. */
export function openStartTimes(): StartTime {
  const [, booted] = /^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8")) ?? [];
  return (began) => (booted === undefined ? null : Number(booted) + Number(began) / ticksInSecond);
}

/** Finds the process that has a number now. */
export function findProcess(pid: number): KnownProcess | undefined {
  const began = readStart(pid);
  return began === undefined ? undefined : { pid, began };
}

/** The start time of this process. */
export const ownStart = (): string => readStart(process.pid) ?? "0";

/** Whether the process with this number and start time still runs. */
export const isSameProcess = (pid: number, began: string): boolean => readStart(pid) === began;

/** The same for a recorded process. */
export const isRunning = (known: KnownProcess): boolean => isSameProcess(known.pid, known.began);

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

/** Sends a signal like kill(2), including real-time signals. A process that has already ended is fine. */
export function sendSignal({ pid }: Pick<KnownProcess, "pid">, signal: number): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

// Its number in linux/capability.h.
export const CAP_SYS_RESOURCE = 24;

/** A set of capabilities as a bit mask, as in proc_pid_status(5). */
export type CapabilityMask = bigint;

/** Reads a set of capabilities of a process. */
export const readCapabilities = (pid: number | "self", set: "CapBnd" | "CapEff"): CapabilityMask =>
  parseCapabilities(readFileSync(`/proc/${pid}/status`, "utf8"), set);

/** Parses proc_pid_status(5). */
export function parseCapabilities(status: string, set: "CapBnd" | "CapEff"): CapabilityMask {
  const [, digits = "0"] = new RegExp(`^${set}:[ \\t]*([0-9a-f]+)$`, "m").exec(status) ?? [];
  return BigInt(`0x${digits}`);
}

/** Whether a set has a capability, by its number. */
export const hasCapability = (mask: CapabilityMask, capability: number): boolean =>
  ((mask >> BigInt(capability)) & 1n) === 1n;

/** A limit of getrlimit(2); Infinity is none. */
export interface Limit {
  readonly soft: number;
  readonly hard: number;
}

// asm-generic/resource.h.
const resources = { core: 4, nofile: 7 } as const;

/** Sets a limit of a process, or our own without one. Throws a SandboxError. */
export const setLimit = (resource: keyof typeof resources, { soft, hard }: Limit, pid = 0): void => {
  attempt(`prlimit: ${resource}${pid === 0 ? "" : ` of process ${pid}`}`, (calls) => {
    calls.setLimit(pid, resources[resource], soft, hard);
  });
};
