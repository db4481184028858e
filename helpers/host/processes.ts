import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from "node:fs";

/** A process of a sandbox as /proc shows it to the host. Names and words are its own choice: print them with care. */
export interface Process {
  readonly pid: number;
  /** As the sandbox numbers it. */
  readonly insidePid: number;
  readonly parent: number;
  /** As the host numbers users. */
  readonly user: number;
  readonly memoryBytes: number;
  /** The command line, or `[name]` of one that has none. */
  readonly command: string;
}

/** All processes in the pid namespace of a container's PID 1, sorted by the host's numbers. */
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

// One that ended meanwhile is none.
function readProcess(pid: number): Process | undefined {
  const status = tryRead(() => readFileSync(`/proc/${pid}/status`, "utf8"));
  const commandLine = tryRead(() => readBeginning(`/proc/${pid}/cmdline`));
  return status === undefined ? undefined : parseProcess(pid, status, commandLine ?? "");
}

/** From proc_pid_status(5) and proc_pid_cmdline(5). */
export function parseProcess(pid: number, status: string, commandLine: string): Process {
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "";
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

// A process may make its command line megabytes long, and there may be thousands of them.
function readBeginning(path: string): string {
  const file = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(4096);
    return buffer.toString("utf8", 0, readSync(file, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(file);
  }
}

function tryRead<Result>(read: () => Result): Result | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
