import { readdirSync, readFileSync } from "node:fs";

/** The proportional share of memory of each process, in MB, by process id (smaps_rollup of proc_pid_smaps(5)). */
export function readShares(): ReadonlyMap<string, number> {
  const shares = new Map<string, number>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const kilobytes = /^Pss:\s*(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
    if (kilobytes !== undefined) shares.set(pid, Number(kilobytes) / 1024);
  }
  return shares;
}

/** The command line of a process, with a space after each word; empty if the process is gone. */
export const readCommand = (pid: string): string => read(`/proc/${pid}/cmdline`).replaceAll("\0", " ");

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
