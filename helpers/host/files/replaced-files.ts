import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { containerGroup } from "../process/cgroup.ts";

/** Finds files that processes of a container's group use and the host has since replaced. */
export type ReplacedFiles = (controllerPid: number) => readonly string[];

// The limit for one process, and for one sandbox: a process can map a file as often as it likes.
const maxBytes = 1024 * 1024;
const maxProcesses = 200;

/** Looks once at the processes of the host, and then only at the maps of the requested groups. */
export function openReplacedFiles(): ReplacedFiles {
  const groups = Map.groupBy(
    readdirSync("/proc").filter((name) => /^\d+$/.test(name)),
    (pid) => groupOf(Number(pid)),
  );
  // All reads share one buffer. Zeroing a new buffer each time took longer than reading.
  const buffer = Buffer.allocUnsafeSlow(maxBytes);
  return (controllerPid) => {
    const group = groupOf(controllerPid);
    const pids = group === undefined ? [] : (groups.get(group) ?? []).slice(0, maxProcesses);
    return [...new Set(pids.flatMap((pid) => findReplaced(readMaps(pid, buffer))))].sort();
  };
}

const groupOf = (pid: number): string | undefined => containerGroup(tryRead(`/proc/${pid}/cgroup`) ?? "");

/**
 * Finds files below /usr in proc_pid_maps(5) that no longer have a name. A package upgrade puts new files in their
 * place.
 */
export const findReplaced = (maps: string): readonly string[] =>
  !maps.includes(" (deleted)")
    ? []
    : [...maps.matchAll(/^\S+ \S+ \S+ \S+ \d+ +(\/usr\/.*) \(deleted\)$/gm)].map(([, path = ""]) => path);

function readMaps(pid: string, buffer: Buffer): string {
  try {
    const file = openSync(`/proc/${pid}/maps`, "r");
    try {
      return readUpTo(file, buffer);
    } finally {
      closeSync(file);
    }
  } catch {
    // The process ended meanwhile.
    return "";
  }
}

// The kernel returns a page at a time.
function readUpTo(file: number, buffer: Buffer): string {
  let length = 0;
  for (;;) {
    const count = readSync(file, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.toString("utf8", 0, length);
    length += count;
  }
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
