import { readFileSync } from "node:fs";

/** Whether a process has a system call filter. Throws if there is no such process. */
export const isFiltered = (pid: number): boolean => hasFilter(readFileSync(`/proc/${pid}/status`, "utf8"));

/** Parses proc_pid_status(5). */
export const hasFilter = (status: string): boolean => /^Seccomp:\s*2$/m.test(status);
