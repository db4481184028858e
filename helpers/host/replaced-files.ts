import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { containerGroup } from "./cgroup.ts";

/** Files of a container group's processes that the host has replaced since, by group. */
export type ReplacedFiles = (controllerPid: number) => readonly string[];

// Of one process, and of one sandbox: it may map a file as often as it likes.
const mostBytes = 1024 * 1024;
const mostProcesses = 200;

/** Looks at who runs on the host once, and then at the maps of those that are asked for. */
export function openReplacedFiles(): ReplacedFiles {
  const groups = Map.groupBy(
    readdirSync("/proc").filter((name) => /^\d+$/.test(name)),
    (pid) => groupOf(Number(pid)),
  );
  // One for all: to have it zeroed for each took longer than to read.
  const buffer = Buffer.allocUnsafeSlow(mostBytes);
  return (controllerPid) => {
    const group = groupOf(controllerPid);
    const pids = group === undefined ? [] : (groups.get(group) ?? []).slice(0, mostProcesses);
    return [...new Set(pids.flatMap((pid) => findReplaced(readMaps(pid, buffer))))].sort();
  };
}

const groupOf = (pid: number): string | undefined => containerGroup(tryRead(`/proc/${pid}/cgroup`) ?? "");

/** Files below /usr in proc_pid_maps(5) that have no name any more: what a package's upgrade puts in their place is not these. */
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
    // It ended meanwhile.
    return "";
  }
}

// The kernel gives a page at a time.
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
